//! The members of a project: who they are, who may change whom, and the invitations by which they join.

use super::{
    AppError, AppResult, InvitationId, LocalTime, UserId,
    contact::{NAME_MAX, parse_email, parse_line},
    error::Problems,
    role::Role,
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// For how many days the link of an invitation works.
pub const INVITATION_DAYS: i64 = 7;
/// The most invitations of a project that nobody has followed.
pub const INVITATIONS_MAX: i64 = 100;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    pub id: UserId,
    pub name: String,
    pub email: String,
    pub role: Role,
    /// None where it was not kept.
    pub joined: Option<LocalTime>,
    /// The last day on which the member was here, in the project's zone; None where it is not known.
    pub seen: Option<NaiveDate>,
}

/// An invitation that nobody has followed yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    pub id: InvitationId,
    pub email: String,
    pub role: Role,
    pub invited_by: String,
    pub at: LocalTime,
    pub expires: LocalTime,
    pub has_expired: bool,
}

/// What the Members page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MembersPage {
    /// The person who looks.
    pub me: UserId,
    /// Owners first, then by name.
    pub members: Vec<Member>,
    /// None for whom may not invite.
    pub invitations: Option<Vec<Invitation>>,
    /// What was done last, newest first, as sentences; empty for whom may not change members.
    pub history: Vec<(LocalTime, String)>,
    /// The project's version, read before the rest: what is shown is at least this new.
    pub version: i64,
}

/// What the link of an invitation shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationPage {
    pub project_name: String,
    pub email: String,
    pub role: Role,
    pub invited_by: String,
    /// Whether somebody signs in by this address already: they need no name and no password.
    pub is_known: bool,
}

/// What happened to a project's members. Stored; the numbers are fixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type))]
#[repr(i16)]
pub enum MemberEvent {
    Invited = 0,
    InvitedAgain = 1,
    Withdrawn = 2,
    Joined = 3,
    RoleChanged = 4,
    Removed = 5,
    Left = 6,
}

impl MemberEvent {
    /// `Ana Ruiz invited ben@example.com as Operator.`
    pub fn sentence(self, actor: &str, subject: &str, role: Option<Role>) -> String {
        let role = role.map_or("member", Role::name);
        match self {
            Self::Invited => format!("{actor} invited {subject} as {role}."),
            Self::InvitedAgain => format!("{actor} sent {subject} a new link."),
            Self::Withdrawn => format!("{actor} withdrew the invitation of {subject}."),
            Self::Joined => format!("{subject} joined as {role}, invited by {actor}."),
            Self::RoleChanged => format!("{actor} changed the role of {subject} to {role}."),
            Self::Removed => format!("{actor} removed {subject}."),
            Self::Left => format!("{subject} left the project."),
        }
    }
}

/// Whether a member of role `own` may give `role` to somebody, or change or remove somebody who has it: nobody rises above who
/// lifts them.
pub fn may_give(own: Role, role: Role) -> bool {
    own >= Role::Admin && role <= own
}

/// The roles that a member of role `own` may give.
pub fn given_by(own: Role) -> Vec<Role> {
    Role::ALL.into_iter().filter(|role| may_give(own, *role)).collect()
}

/// The form of an invitation, as it is submitted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InviteForm {
    #[serde(default)]
    pub email: String,
    #[serde(default)]
    pub role: String,
}

impl InviteForm {
    /// The address in lower case, and the role.
    pub fn check(&self) -> AppResult<(String, Role)> {
        let mut problems = Problems::default();
        let email = problems.take(parse_email("email", &self.email));
        let role = parse_role(&self.role).unwrap_or_else(|error| {
            problems.add(error);
            Role::Viewer
        });
        problems.or((email, role))
    }
}

/// Reads the choice of a role.
pub fn parse_role(role: &str) -> AppResult<Role> {
    role.trim().parse().map_err(|_| AppError::invalid("role", "Choose a role."))
}

/// Reads the name of a person.
pub fn parse_person_name(name: &str) -> AppResult<String> {
    let name = parse_line("name", "The name", name, NAME_MAX)?;
    if name.is_empty() {
        return Err(AppError::invalid("name", "Write your name, as the others are to see it."));
    }
    Ok(name)
}

/// The query of the Members page's address: the dialog that it opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MembersTask {
    ChangeRole(UserId),
    Remove(UserId),
    Leave,
}

impl MembersTask {
    /// Reads a query string, with or without the question mark.
    pub fn parse(query: &str) -> Option<Self> {
        let query = query.trim_start_matches('?').as_bytes();
        let (_, value) = form_urlencoded::parse(query).find(|(name, _)| name == "do")?;
        match &*value {
            "leave" => Some(Self::Leave),
            value => match value.split_once('-')? {
                ("role", id) => id.parse().ok().map(Self::ChangeRole),
                ("remove", id) => id.parse().ok().map(Self::Remove),
                _ => None,
            },
        }
    }

    /// The address of the Members page with this dialog, or none.
    pub fn href(task: Option<Self>, slug: &str) -> String {
        let task = match task {
            None => String::new(),
            Some(Self::ChangeRole(id)) => format!("?do=role-{id}"),
            Some(Self::Remove(id)) => format!("?do=remove-{id}"),
            Some(Self::Leave) => "?do=leave".to_owned(),
        };
        format!("/projects/{slug}/settings/members{task}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_gives_a_role_above_their_own_and_only_admins_give_any() {
        for own in Role::ALL {
            for role in Role::ALL {
                assert_eq!(may_give(own, role), own >= Role::Admin && role <= own, "{own} gives {role}");
            }
        }
        assert_eq!(given_by(Role::Admin), [Role::Viewer, Role::Operator, Role::Manager, Role::Admin]);
        assert_eq!(given_by(Role::Owner).len(), 5);
        assert!(given_by(Role::Manager).is_empty());
    }

    #[test]
    fn the_address_is_read_as_it_is_written() {
        let id = UserId(uuid::Uuid::from_u128(7));
        for task in [None, Some(MembersTask::ChangeRole(id)), Some(MembersTask::Remove(id)), Some(MembersTask::Leave)] {
            let href = MembersTask::href(task, "cup");
            let query = href.split_once('?').map_or("", |(_, query)| query);
            assert_eq!(MembersTask::parse(query), task, "{href}");
        }
        for other in ["do=role-x", "do=remove", "do=x", "q=leave"] {
            assert_eq!(MembersTask::parse(other), None, "{other}");
        }
    }

    #[test]
    fn an_invitation_needs_an_address_and_a_role() {
        let form = |email: &str, role: &str| InviteForm { email: email.into(), role: role.into() }.check();
        assert_eq!(form(" Ben@Example.com", "operator"), Ok(("ben@example.com".into(), Role::Operator)));
        assert!(form("ben", "operator").unwrap_err().for_field("email").is_some());
        let both = form("ben", "").unwrap_err();
        assert!(both.for_field("email").is_some() && both.for_field("role").is_some());
        assert!(form("ben@example.com", "king").unwrap_err().for_field("role").is_some());
        assert!(parse_person_name("  ").unwrap_err().for_field("name").is_some());
        assert_eq!(parse_person_name(" Ben Ode "), Ok("Ben Ode".into()));
    }

    #[test]
    fn what_happened_reads_as_a_sentence() {
        let said = |event: MemberEvent, role| event.sentence("Ana", "ben@example.com", role);
        assert_eq!(said(MemberEvent::Invited, Some(Role::Viewer)), "Ana invited ben@example.com as Viewer.");
        assert_eq!(said(MemberEvent::Left, None), "ben@example.com left the project.");
    }
}
