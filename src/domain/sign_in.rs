//! What the sign-in page offers beside the password, and why an identity provider signed nobody in.

use serde::{Deserialize, Serialize};

/// Where signing in by the identity provider begins.
pub const PROVIDER_PATH: &str = "/sign-in/provider";

/// What the page depends on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInWays {
    /// The name of the identity provider; None where this server has none.
    pub provider: Option<String>,
}

/// Why signing in by the identity provider led to no session. The address of the sign-in page names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProviderRefusal {
    /// The provider could not be reached, or its answer could not be used.
    Unreachable,
    /// The person was sent back without having been signed in there.
    Declined,
    /// Too late, in another browser, or twice.
    Late,
    /// The provider doesn't vouch for the email address.
    Unverified,
    /// Nobody here has the email address.
    Unknown,
    /// Who has the email address here signed in as somebody else of the provider before.
    SomebodyElse,
    /// How the person signs in was changed meanwhile.
    Changed,
    TooMany,
}

impl ProviderRefusal {
    const ALL: [Self; 8] = [
        Self::Unreachable,
        Self::Declined,
        Self::Late,
        Self::Unverified,
        Self::Unknown,
        Self::SomebodyElse,
        Self::Changed,
        Self::TooMany,
    ];

    pub fn slug(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::Declined => "declined",
            Self::Late => "late",
            Self::Unverified => "unverified",
            Self::Unknown => "unknown",
            Self::SomebodyElse => "somebody-else",
            Self::Changed => "changed",
            Self::TooMany => "too-many",
        }
    }

    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|refusal| refusal.slug() == slug)
    }

    pub fn sentence(self) -> &'static str {
        match self {
            Self::Unreachable => {
                "The identity provider gave no answer that can be used. Try again, or sign in with your password."
            }
            Self::Declined => "The identity provider did not sign you in.",
            Self::Late => {
                "Signing in took more than ten minutes, or ended in another browser than it began in. Try again."
            }
            Self::Unverified => {
                "The identity provider doesn't confirm your email address. Ask whoever runs it to have the address verified."
            }
            Self::Unknown => {
                "Nobody here has the email address that the identity provider gave. Ask an admin of your project to invite you."
            }
            Self::SomebodyElse => {
                "Your email address belongs here to another account of the identity provider. Ask whoever runs this server."
            }
            Self::Changed => "How you sign in was changed just now. Sign in again.",
            Self::TooMany => "Too many try to sign in from your network. Try again in some minutes.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_refusal_is_found_by_its_slug() {
        for refusal in ProviderRefusal::ALL {
            assert_eq!(ProviderRefusal::from_slug(refusal.slug()), Some(refusal));
        }
        assert_eq!(ProviderRefusal::from_slug(""), None);
    }
}
