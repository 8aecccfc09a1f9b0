//! The templates that a new project starts with.

use crate::domain::message::{Channel, Template};

/// Subject and body; the subject is empty for SMS.
pub fn default(template: Template, channel: Channel) -> (&'static str, &'static str) {
    match (template, channel) {
        (Template::Request, Channel::Email) => (
            "How was your visit to {{project_name}}?",
            "Hi {{first_name}},\n\n\
             Thank you for choosing {{project_name}}. How did we do?\n\n\
             A sentence or two from you helps others find us, and tells our team at {{location_name}} what to keep doing. It takes about a minute.\n\n\
             {{review_link}}\n\n\
             Thank you,\nYour team at {{project_name}}\n\n\
             No more messages from us: {{unsubscribe_link}}",
        ),
        (Template::Reminder, Channel::Email) => (
            "{{first_name}}, may we ask how it went?",
            "Hi {{first_name}},\n\n\
             A few days ago we asked how you liked {{project_name}}. If you have a minute, we would still love to hear it.\n\n\
             {{review_link}}\n\n\
             If you would rather not, that is fine too.\n\n\
             Warm regards,\nYour team at {{project_name}}\n\n\
             No more messages from us: {{unsubscribe_link}}",
        ),
        (Template::ThanksPositive, Channel::Email) => (
            "Thank you, {{first_name}}!",
            "Hi {{first_name}},\n\n\
             Your kind review made our day. We have shared it with everyone at {{location_name}}.\n\n\
             We look forward to seeing you again.\n\n\
             Thank you,\nYour team at {{project_name}}\n\n\
             No more messages from us: {{unsubscribe_link}}",
        ),
        (Template::ThanksNegative, Channel::Email) => (
            "Thank you for telling us, {{first_name}}",
            "Hi {{first_name}},\n\n\
             Thank you for being open with us. We are sorry that your visit to {{location_name}} was not what it should have been.\n\n\
             We read every word, and we would like to put it right: simply reply to this email.\n\n\
             Sincerely,\nYour team at {{project_name}}\n\n\
             No more messages from us: {{unsubscribe_link}}",
        ),
        (Template::Request, Channel::Sms) => (
            "",
            "Hi {{first_name}}, thank you for choosing {{project_name}}! How did we do? {{review_link}} Reply STOP to opt out.",
        ),
        (Template::Reminder, Channel::Sms) => (
            "",
            "Hi {{first_name}}, {{project_name}} would still love to hear how it went: {{review_link}} Reply STOP to opt out.",
        ),
        (Template::ThanksPositive, Channel::Sms) => (
            "",
            "Thank you for your kind review, {{first_name}}! It made our day. {{project_name}} Reply STOP to opt out.",
        ),
        (Template::ThanksNegative, Channel::Sms) => (
            "",
            "Thank you for telling us, {{first_name}}. We are sorry and will do better. {{project_name}} Reply STOP to opt out.",
        ),
    }
}
