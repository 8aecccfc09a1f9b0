//! Where the command palette leads: pages and actions of a project, found by their names.

use super::role::Role;

/// A place in a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub name: &'static str,
    /// Other words that people look for.
    words: &'static str,
    /// The address within the project.
    pub rest: &'static str,
    /// Who may go there.
    needs: Role,
}

const fn place(name: &'static str, words: &'static str, rest: &'static str, needs: Role) -> Place {
    Place { name, words, rest, needs }
}

const PLACES: [Place; 28] = [
    place("Messages", "log sent", "messages", Role::Viewer),
    place("Failed messages", "errors bounced", "messages?status=failed", Role::Viewer),
    place("Scheduled messages", "waiting upcoming", "messages?status=scheduled&sort=scheduled&dir=asc", Role::Viewer),
    place("Messages over time", "chart graph", "messages?chart=day", Role::Viewer),
    place("Saved views", "filters", "views", Role::Viewer),
    place("Bulk actions", "many undo stop records", "bulk-actions", Role::Viewer),
    place("Customers", "people contacts", "customers", Role::Viewer),
    place("Add customer", "new", "customers?do=add", Role::Operator),
    place("Import customers", "csv file upload", "customers/import", Role::Operator),
    place("Ask by a list", "request review many", "customers/ask", Role::Manager),
    place("Needs attention", "failed problems", "attention", Role::Viewer),
    place("Strategy", "automate reminders schedule limits conditions", "strategy", Role::Viewer),
    place("Not asked, and why", "skipped conditions", "strategy/not-asked", Role::Viewer),
    place("Templates", "email sms text wording", "templates", Role::Viewer),
    place("Review page", "logo color links", "templates/review-page", Role::Viewer),
    place("Connections", "smtp ses twilio clicksend provider", "connections", Role::Viewer),
    place("Suppressed addresses", "unsubscribed blocked", "suppressed", Role::Viewer),
    place("Suppress an address", "block", "suppressed?do=add", Role::Manager),
    place("Settings", "pause limits language", "settings", Role::Viewer),
    place("Project settings", "name time zone", "settings/project", Role::Viewer),
    place("Members", "invite roles people", "settings/members", Role::Viewer),
    place("Locations", "branches", "settings/locations", Role::Viewer),
    place("Tags", "labels", "settings/tags", Role::Viewer),
    place("Audit log", "history who did what", "settings/audit", Role::Manager),
    place("API keys", "token rest mcp", "settings/api-keys", Role::Admin),
    place("Webhooks", "events deliveries", "settings/webhooks", Role::Admin),
    place("Account", "password two-factor passkeys sessions", "account", Role::Viewer),
    place("Upcoming messages", "planned calendar", "strategy#upcoming-heading", Role::Viewer),
];

/// The places that every word of `q` is in the name of, or in what else people call it, those whose name begins with it first.
pub fn places(q: &str, role: Role) -> Vec<Place> {
    let q = q.trim().to_lowercase();
    let holds = |place: &Place| {
        let text = format!("{} {}", place.name, place.words).to_lowercase();
        q.split_whitespace().all(|word| text.contains(word))
    };
    let mut found: Vec<Place> = PLACES.into_iter().filter(|place| role >= place.needs && holds(place)).collect();
    found.sort_by_key(|place| !place.name.to_lowercase().starts_with(&q));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(q: &str, role: Role) -> Vec<&'static str> {
        places(q, role).into_iter().map(|place| place.name).collect()
    }

    #[test]
    fn a_place_is_found_by_its_name_and_by_what_else_it_is_called() {
        assert_eq!(names("imp", Role::Operator), ["Import customers"]);
        assert_eq!(names("chart", Role::Viewer), ["Messages over time"]);
        assert_eq!(names("Mess", Role::Viewer)[..2], ["Messages", "Messages over time"]);
        assert_eq!(names("review page", Role::Viewer), ["Review page"]);
        assert_eq!(names("nothing like it", Role::Viewer), [""; 0]);
        assert_eq!(names("", Role::Owner).len(), PLACES.len());
    }

    #[test]
    fn nobody_is_led_where_they_may_not_go() {
        assert_eq!(names("import", Role::Viewer), [""; 0]);
        assert_eq!(names("ask by", Role::Operator), [""; 0]);
    }
}
