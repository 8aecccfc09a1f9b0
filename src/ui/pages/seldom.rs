//! The pages that people go to now and then. Their code is loaded in two parts, when one of their pages is gone to.
//!
//! Each `#[lazy]` function is a split of its own, with files that it shares with every other: one for each page made some ten files a
//! page.

use super::{
    account::{AccountRoute, AloneRoute},
    api_keys::ApiKeysRoute,
    ask_many::AskManyRoute,
    attention::AttentionRoute,
    audit::AuditRoute,
    bulk::{BulkActionsRoute, BulkRecordRoute},
    connections::ConnectionsRoute,
    import::ImportRoute,
    invitation::InvitationRoute,
    locations::LocationsRoute,
    members::MembersRoute,
    message::MessageRoute,
    outbox::{OutboxMailRoute, OutboxRoute},
    project_settings::ProjectSettingsRoute,
    review_page::ReviewPageRoute,
    settings::SettingsRoute,
    strategy::{NotAskedRoute, PreviewRoute, StrategyRoute},
    suppressed::SuppressedRoute,
    tags::TagsRoute,
    templates::TemplatesRoute,
    views::ViewsRoute,
    webhooks::WebhooksRoute,
};
use leptos::prelude::*;
use leptos_router::ChooseView;

/// What becomes of messages.
#[derive(Clone, Copy)]
pub enum MailPage {
    Attention,
    BulkAction,
    BulkActions,
    Message,
    Outbox,
    OutboxMail,
    Suppressed,
    Views,
}

impl ChooseView for MailPage {
    async fn choose(self) -> AnyView {
        mail_pages().await(self)
    }

    async fn preload(&self) {
        mail_pages().await;
    }
}

#[lazy]
fn mail_pages() -> fn(MailPage) -> AnyView {
    |page| match page {
        MailPage::Attention => view! { <AttentionRoute /> }.into_any(),
        MailPage::BulkAction => view! { <BulkRecordRoute /> }.into_any(),
        MailPage::BulkActions => view! { <BulkActionsRoute /> }.into_any(),
        MailPage::Message => view! { <MessageRoute /> }.into_any(),
        MailPage::Outbox => view! { <OutboxRoute /> }.into_any(),
        MailPage::OutboxMail => view! { <OutboxMailRoute /> }.into_any(),
        MailPage::Suppressed => view! { <SuppressedRoute /> }.into_any(),
        MailPage::Views => view! { <ViewsRoute /> }.into_any(),
    }
}

/// What the project sends with, when, whom it can ask, and who works on it; and one's own account.
#[derive(Clone, Copy)]
pub enum SetupPage {
    Account,
    Alone,
    ApiKeys,
    AskMany,
    Audit,
    Connections,
    Import,
    Invitation,
    Locations,
    Members,
    NotAsked,
    Preview,
    Project,
    ReviewPage,
    Settings,
    Strategy,
    Tags,
    Templates,
    Webhooks,
}

impl ChooseView for SetupPage {
    async fn choose(self) -> AnyView {
        setup_pages().await(self)
    }

    async fn preload(&self) {
        setup_pages().await;
    }
}

#[lazy]
fn setup_pages() -> fn(SetupPage) -> AnyView {
    |page| match page {
        SetupPage::Account => view! { <AccountRoute /> }.into_any(),
        SetupPage::Alone => view! { <AloneRoute /> }.into_any(),
        SetupPage::ApiKeys => view! { <ApiKeysRoute /> }.into_any(),
        SetupPage::AskMany => view! { <AskManyRoute /> }.into_any(),
        SetupPage::Audit => view! { <AuditRoute /> }.into_any(),
        SetupPage::Connections => view! { <ConnectionsRoute /> }.into_any(),
        SetupPage::Import => view! { <ImportRoute /> }.into_any(),
        SetupPage::Invitation => view! { <InvitationRoute /> }.into_any(),
        SetupPage::Locations => view! { <LocationsRoute /> }.into_any(),
        SetupPage::Members => view! { <MembersRoute /> }.into_any(),
        SetupPage::NotAsked => view! { <NotAskedRoute /> }.into_any(),
        SetupPage::Preview => view! { <PreviewRoute /> }.into_any(),
        SetupPage::Project => view! { <ProjectSettingsRoute /> }.into_any(),
        SetupPage::ReviewPage => view! { <ReviewPageRoute /> }.into_any(),
        SetupPage::Settings => view! { <SettingsRoute /> }.into_any(),
        SetupPage::Strategy => view! { <StrategyRoute /> }.into_any(),
        SetupPage::Tags => view! { <TagsRoute /> }.into_any(),
        SetupPage::Templates => view! { <TemplatesRoute /> }.into_any(),
        SetupPage::Webhooks => view! { <WebhooksRoute /> }.into_any(),
    }
}
