//! Changing what one message says, and where it goes, before it leaves.

use crate::domain::template::{Placeholder, Wording};
use serde::{Deserialize, Serialize};

/// The form that changes a message, as it is submitted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditForm {
    /// An email address or a phone number, by the message's channel.
    #[serde(default)]
    pub address: String,
    /// With {{review_link}} and {{unsubscribe_link}} in the places of the links.
    #[serde(default)]
    pub wording: Wording,
}

/// The text of a message as a form shows it: the addresses with the customer's `token` become placeholders again.
pub fn with_placeholders(text: &str, token: &str) -> String {
    let mut text = text.to_owned();
    for (kind, placeholder) in [('r', Placeholder::ReviewLink), ('u', Placeholder::UnsubscribeLink)] {
        let end = format!("/{kind}/{token}");
        while let Some(at) = text.find(&end) {
            // Where the product's address begins: it is the server's, and may have been another when the message was made.
            let start = text[..at].rfind("http").filter(|start| !text[*start..at].contains(char::is_whitespace));
            text.replace_range(start.unwrap_or(at)..at + end.len(), &placeholder.to_string());
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_become_placeholders_wherever_they_lead_from() {
        let text = "Hi Ana,\nhttps://a.example/r/T0 or\n(http://localhost:3000/u/T0)\nhttps://a.example/r/other";
        let wanted = "Hi Ana,\n{{review_link}} or\n({{unsubscribe_link}})\nhttps://a.example/r/other";
        assert_eq!(with_placeholders(text, "T0"), wanted);
        assert_eq!(with_placeholders("nothing", "T0"), "nothing");
    }
}
