//! Every page, server function and other route, with the permission that it needs. A test compares this table with the
//! router, so that nobody adds a route without deciding who may use it.

use crate::domain::role::Role;

/// What a request needs to be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    Nothing,
    /// A session of a member of the project with this role, or a higher one.
    Role(Role),
    /// The token of a message's link.
    Token,
    /// The signature of a provider, or its secret.
    Signature,
    /// A connection from this machine.
    ThisMachine,
}

const VIEWER: Needs = Needs::Role(Role::Viewer);
const OPERATOR: Needs = Needs::Role(Role::Operator);
const MANAGER: Needs = Needs::Role(Role::Manager);
const ADMIN: Needs = Needs::Role(Role::Admin);

/// The method, the path as registered, and the permission.
pub const ACCESS: &[(&str, &str, Needs)] = &[
    // Pages. `/` redirects.
    ("GET", "/sign-in", Needs::Nothing),
    // Shows what the token of its address is for.
    ("GET", "/invitation", Needs::Nothing),
    ("GET", "/projects/{slug}/messages", VIEWER),
    ("GET", "/projects/{slug}/messages/{message}", VIEWER),
    ("GET", "/projects/{slug}/customers", VIEWER),
    ("GET", "/projects/{slug}/customers/ask", VIEWER),
    ("GET", "/projects/{slug}/customers/import", OPERATOR),
    ("GET", "/projects/{slug}/customers/{customer}", VIEWER),
    ("GET", "/projects/{slug}/attention", VIEWER),
    ("GET", "/projects/{slug}/connections", VIEWER),
    ("GET", "/projects/{slug}/strategy", VIEWER),
    ("GET", "/projects/{slug}/strategy/not-asked", VIEWER),
    ("GET", "/projects/{slug}/strategy/preview/{customer}", VIEWER),
    ("GET", "/projects/{slug}/suppressed", VIEWER),
    ("GET", "/projects/{slug}/outbox", VIEWER),
    ("GET", "/projects/{slug}/outbox/{file}", VIEWER),
    ("GET", "/projects/{slug}/settings", VIEWER),
    ("GET", "/projects/{slug}/settings/locations", VIEWER),
    ("GET", "/projects/{slug}/settings/members", VIEWER),
    ("GET", "/projects/{slug}/settings/project", VIEWER),
    ("GET", "/projects/{slug}/settings/tags", VIEWER),
    ("GET", "/projects/{slug}/templates", VIEWER),
    ("GET", "/projects/{slug}/templates/review-page", VIEWER),
    // The page for unknown addresses of a project.
    ("GET", "/projects/{slug}/{*any}", VIEWER),
    // Server functions that read.
    ("GET", "/api/load_attention", VIEWER),
    ("GET", "/api/load_connections", VIEWER),
    ("GET", "/api/load_customers", VIEWER),
    ("GET", "/api/load_frame", VIEWER),
    ("GET", "/api/load_import", OPERATOR),
    // The invitation's token is all that it needs.
    ("GET", "/api/load_invitation", Needs::Nothing),
    ("GET", "/api/load_locations", VIEWER),
    ("GET", "/api/load_members", VIEWER),
    ("GET", "/api/load_message", VIEWER),
    ("GET", "/api/load_messages", VIEWER),
    ("GET", "/api/load_not_asked", VIEWER),
    ("GET", "/api/load_outbox", VIEWER),
    ("GET", "/api/load_profile", VIEWER),
    ("GET", "/api/load_project_settings", VIEWER),
    ("GET", "/api/load_review_page", VIEWER),
    ("GET", "/api/load_sending", VIEWER),
    ("GET", "/api/load_strategy", VIEWER),
    ("GET", "/api/load_strategy_preview", VIEWER),
    ("GET", "/api/load_suppressed", VIEWER),
    ("GET", "/api/load_tags", VIEWER),
    ("GET", "/api/load_templates", VIEWER),
    ("GET", "/api/open_outbox_mail", VIEWER),
    // Server functions that write.
    ("POST", "/api/add_customer", OPERATOR),
    ("POST", "/api/add_location", MANAGER),
    ("POST", "/api/add_note", OPERATOR),
    ("POST", "/api/add_review", OPERATOR),
    ("POST", "/api/add_suppression", MANAGER),
    ("POST", "/api/ask_many", MANAGER),
    ("POST", "/api/cancel_import", OPERATOR),
    ("POST", "/api/cancel_message", OPERATOR),
    ("POST", "/api/cancel_messages", MANAGER),
    ("POST", "/api/cancel_unsent", OPERATOR),
    ("POST", "/api/change_customers", MANAGER),
    ("POST", "/api/change_role", ADMIN),
    ("POST", "/api/check_domain", ADMIN),
    ("POST", "/api/delete_customer", OPERATOR),
    ("POST", "/api/delete_message", OPERATOR),
    ("POST", "/api/delete_note", OPERATOR),
    ("POST", "/api/dismiss_cause", MANAGER),
    ("POST", "/api/dismiss_message", OPERATOR),
    ("POST", "/api/edit_customer", OPERATOR),
    ("POST", "/api/go_live", ADMIN),
    ("POST", "/api/invite_member", ADMIN),
    // Only for the person's own id.
    ("POST", "/api/leave_project", VIEWER),
    ("POST", "/api/lift_suppression", OPERATOR),
    // It only counts.
    ("POST", "/api/preview_cancel", MANAGER),
    ("POST", "/api/preview_ask", MANAGER),
    ("POST", "/api/preview_customers", MANAGER),
    ("POST", "/api/remove_connection", ADMIN),
    ("POST", "/api/remove_location", MANAGER),
    ("POST", "/api/remove_member", ADMIN),
    ("POST", "/api/remove_tag", MANAGER),
    ("POST", "/api/rename_location", MANAGER),
    ("POST", "/api/rename_tag", MANAGER),
    ("POST", "/api/request_review", OPERATOR),
    ("POST", "/api/resend_cause", MANAGER),
    ("POST", "/api/resend_invitation", ADMIN),
    ("POST", "/api/resend_message", OPERATOR),
    ("POST", "/api/reschedule_message", OPERATOR),
    ("POST", "/api/restore_template", MANAGER),
    ("POST", "/api/resume_channel", MANAGER),
    ("POST", "/api/retry_connection", ADMIN),
    ("POST", "/api/save_connection", ADMIN),
    ("POST", "/api/save_guests", ADMIN),
    ("POST", "/api/save_language", MANAGER),
    ("POST", "/api/save_limits", MANAGER),
    ("POST", "/api/save_link_days", MANAGER),
    ("POST", "/api/save_pace", MANAGER),
    ("POST", "/api/save_project", ADMIN),
    ("POST", "/api/save_quiet_hours", MANAGER),
    ("POST", "/api/save_reminders", MANAGER),
    ("POST", "/api/save_retries", MANAGER),
    ("POST", "/api/save_review_page", MANAGER),
    ("POST", "/api/save_schedule", MANAGER),
    ("POST", "/api/save_template", MANAGER),
    ("POST", "/api/save_timing", MANAGER),
    ("POST", "/api/send_copy", OPERATOR),
    ("POST", "/api/send_now", OPERATOR),
    ("POST", "/api/send_template_test", MANAGER),
    ("POST", "/api/set_archived", OPERATOR),
    ("POST", "/api/set_automate", MANAGER),
    ("POST", "/api/set_paused", MANAGER),
    ("POST", "/api/set_tags", OPERATOR),
    ("POST", "/api/set_unsubscribed", OPERATOR),
    ("POST", "/api/start_import", OPERATOR),
    ("POST", "/api/test_connection", ADMIN),
    ("POST", "/api/undo_cancel", OPERATOR),
    ("POST", "/api/withdraw_invitation", ADMIN),
    // The invitation's token is all that it needs.
    ("POST", "/api/accept_invitation", Needs::Nothing),
    // Signing out without a session does nothing.
    ("POST", "/api/sign_in", Needs::Nothing),
    // The link's token is all that it needs.
    ("POST", "/api/sign_in_by_link", Needs::Nothing),
    ("POST", "/api/sign_out", Needs::Nothing),
    // Other routes.
    ("GET", "/projects/{slug}/customers/export.csv", MANAGER),
    ("GET", "/projects/{slug}/messages/export.csv", MANAGER),
    ("POST", "/projects/{slug}/customers/import", OPERATOR),
    ("GET", "/projects/{slug}/customers/import/{import}/refused", OPERATOR),
    ("GET", "/projects/{slug}/live", VIEWER),
    ("GET", "/projects/{slug}/messages/{message}/preview", VIEWER),
    ("GET", "/projects/{slug}/outbox/{file}/body", VIEWER),
    ("GET", "/projects/{slug}/templates/preview", VIEWER),
    // They show what is sent to them, and change nothing.
    ("POST", "/projects/{slug}/templates/preview", VIEWER),
    ("GET", "/projects/{slug}/templates/review-page/preview", VIEWER),
    ("POST", "/projects/{slug}/templates/review-page/preview", VIEWER),
    // The answer is the same for every token.
    ("GET", "/o/{token}", Needs::Nothing),
    ("GET", "/r/{token}", Needs::Token),
    ("POST", "/r/{token}", Needs::Token),
    ("GET", "/u/{token}", Needs::Token),
    ("POST", "/u/{token}", Needs::Token),
    ("POST", "/webhooks/{provider}/{connection}", Needs::Signature),
    ("GET", "/health", Needs::Nothing),
    ("GET", "/health/live", Needs::Nothing),
    ("GET", "/health/ready", Needs::Nothing),
    ("GET", "/metrics", Needs::ThisMachine),
    ("GET", "/robots.txt", Needs::Nothing),
    ("GET", "/pkg/{*file}", Needs::Nothing),
    ("GET", "/favicon.ico", Needs::Nothing),
];
