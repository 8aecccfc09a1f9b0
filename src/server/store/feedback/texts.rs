//! SMS of customers.

use super::Reply;
use crate::{
    domain::{
        AppResult, MessageId, ProjectId, Timestamp,
        feedback::{Feedback, Keyword},
        language::Language,
        message::{Channel, EventKind},
        timeline::Detail,
    },
    server::store::{
        db::Tx,
        suppressions::{self, Origin},
        timeline::Event,
    },
};

/// What an SMS came to.
pub struct Texted {
    pub noted: Option<Event>,
    /// Only where something has changed, or somebody asks for help: so a customer is answered once.
    pub reply: Option<Reply>,
}

/// The text of an SMS that the timeline keeps, in characters.
const TEXT_MAX: usize = 320;

/// Takes an SMS from `number`. An opt-out counts for a number that no customer has, too.
pub async fn take(
    tx: &mut Tx,
    project: ProjectId,
    number: &str,
    text: &str,
    word: Option<Keyword>,
    event: &Feedback,
    now: Timestamp,
) -> AppResult<Texted> {
    let last = last_sms(tx, project, number).await?;
    let name = event.names.first().map(String::as_str).unwrap_or_default();
    let text: String = text.chars().take(TEXT_MAX).collect();
    let origin = Origin { message: last, event: name, words: &text, at: event.at };
    let (kind, is_answered) = match word {
        Some(Keyword::Stop) => {
            let is_new = suppressions::opted_out(tx, project, (Channel::Sms, number), None, &origin, now).await?;
            (EventKind::Unsubscribed, is_new)
        }
        Some(Keyword::Start) => (EventKind::Resubscribed, suppressions::opted_in(tx, project, number).await?),
        Some(Keyword::Help) => (EventKind::Answered, true),
        None => (EventKind::Answered, false),
    };
    let detail = Detail::Words(format!("by SMS: {text}"));
    let noted = last.map(|message| Event::new((project, message), kind, event.at).with(detail));
    let reply = match word.filter(|_| is_answered) {
        Some(word) => {
            let (project_name, language) = speaker(tx, project).await?;
            Some(Reply { word, project_name, language })
        }
        None => None,
    };
    Ok(Texted { noted, reply })
}

/// The last SMS to this number.
async fn last_sms(tx: &mut Tx, project: ProjectId, number: &str) -> sqlx::Result<Option<MessageId>> {
    sqlx::query_scalar(
        "select m.id from message m
         where m.project_id = $1 and m.customer_id in (select id from customer where project_id = $1 and phone = $2 and phone <> '')
            and m.channel = $3 and m.recipient = $2 and m.sent_at is not null
         order by m.sent_at desc, m.id desc limit 1",
    )
    .bind(project)
    .bind(number)
    .bind(Channel::Sms)
    .fetch_optional(&mut **tx)
    .await
}

/// The name of a project, and its language.
async fn speaker(tx: &mut Tx, project: ProjectId) -> sqlx::Result<(String, Language)> {
    sqlx::query_as("select name, language from project where id = $1").bind(project).fetch_one(&mut **tx).await
}
