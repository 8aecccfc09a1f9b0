//! What staff do: check the input, change the store, and describe the result in a sentence.

use crate::{
    domain::{
        AppError, AppResult, CustomerId, MessageId, NoteId, SuppressionId, Timestamp,
        ask::{
            Ask, AskForm,
            many::{Whom, WhomForm},
            preview::AskPreview,
        },
        attention::Cause,
        bulk::Outcome,
        contact::{TEXT_MAX, parse_text, phone_words},
        content::{Content, Outgoing},
        customer::{
            CustomerForm,
            bulk::{BulkAction, BulkChange, BulkForm, CustomerSelectionForm},
            parse_tags,
        },
        done::Done,
        error::Problems,
        message::{Channel, EventKind},
        review::Rating,
        schedule::{self, Delay},
        suppression::SuppressForm,
        timeline::Detail,
    },
    server::{
        auth, clock,
        delivery::evidence::Evidence,
        phone,
        requests::{self, many},
        store::{
            attention, connections, customers,
            guard::{Manager, Operator},
            messages,
            queue::lanes::Via,
            reviews::{self, NewReview},
            steering::{self, Put},
            strategy, suppressions, timeline,
        },
    },
};

pub async fn cancel_message(operator: &Operator, id: MessageId, also_request: bool) -> AppResult<Done> {
    let outcome = steering::cancel(operator, id, also_request, clock::now()).await?;
    Ok(with_row(done(&outcome, "Canceled"), operator, id).await)
}

fn done(outcome: &Outcome, did: &str) -> Done {
    Done { undo: outcome.undo, ..Done::new(outcome.sentence(did)) }
}

/// With the message as it is after the change; without it where it cannot be read, because the change is committed.
async fn with_row(done: Done, operator: &Operator, id: MessageId) -> Done {
    Done { row: messages::row(operator, id).await.ok(), ..done }
}

pub async fn send_now(operator: &Operator, id: MessageId) -> AppResult<Done> {
    let now = clock::now();
    let Put { due, delay, undo } = steering::send_now(operator, id, now).await?;
    let opens = operator.local(due).inline(operator.today(now));
    let sentence = match delay {
        None => format!("The message will be sent in {} seconds.", steering::GRACE / Timestamp::SECOND),
        Some(Delay::Quiet) => format!("It is night where the customer is: the message will be sent {opens}."),
        Some(_) => format!("The message will be sent when the sending window opens, {opens}."),
    };
    Ok(with_row(Done { undo, ..Done::new(sentence) }, operator, id).await)
}

/// `at` is wall time in the project's zone.
pub async fn reschedule(operator: &Operator, id: MessageId, at: &str) -> AppResult<Done> {
    let now = clock::now();
    reschedule_to(operator, id, schedule::instant(&operator.zone, schedule::parse_wall("at", at)?), now).await
}

/// The same for an instant.
pub async fn reschedule_to(operator: &Operator, id: MessageId, at: Timestamp, now: Timestamp) -> AppResult<Done> {
    let at = schedule::coming("at", at, now)?;
    steering::reschedule(operator, id, at, now).await?;
    let done = Done::new(format!("Rescheduled for {}.", operator.local(at).inline(operator.today(now))));
    Ok(with_row(done, operator, id).await)
}

pub async fn resend(operator: &Operator, id: MessageId) -> AppResult<Done> {
    steering::resend(operator, id, clock::now()).await?;
    Ok(with_row(Done::new("The message is being sent again."), operator, id).await)
}

/// Sends all failed messages of a cause again that may be.
pub async fn resend_cause(manager: &Manager, cause: Cause) -> AppResult<Done> {
    Ok(done(&steering::resend_cause(manager, cause, clock::now()).await?, "Queued"))
}

pub async fn dismiss_message(operator: &Operator, id: MessageId) -> AppResult<Done> {
    let undo = Some(attention::dismiss(operator, id, clock::now()).await?);
    Ok(with_row(Done { undo, ..Done::new("Dismissed 1 message.") }, operator, id).await)
}

pub async fn dismiss_cause(manager: &Manager, cause: Cause) -> AppResult<Done> {
    Ok(done(&attention::dismiss_cause(manager, cause, clock::now()).await?, "Dismissed"))
}

/// The content goes to the person who asks, with inert links (store/inert.rs).
pub async fn send_copy(operator: &Operator, id: MessageId) -> AppResult<Done> {
    let content = messages::content(operator, id).await?;
    let subject = match &content.subject {
        // Of an SMS.
        subject if subject.is_empty() => format!("SMS to {}", messages::row(operator, id).await?.recipient),
        subject => subject.clone(),
    };
    send_to_me(operator, Content { subject: format!("Copy: {subject}"), ..content }).await?;
    let to = Detail::Words(operator.user_email.clone());
    timeline::note(operator, id, EventKind::CopySent, Some(to), clock::now()).await?;
    Ok(Done::new(format!("A copy is on its way to {}.", operator.user_email)))
}

/// Sends an email to the person who asks, over the project's connection.
///
/// # Errors
/// `Unavailable`, with what the mail server said.
pub async fn send_to_me(operator: &Operator, content: Content) -> AppResult<()> {
    let state = auth::state()?;
    let Content { subject, text, html } = content;
    let mail = Outgoing {
        project_slug: operator.slug.clone(),
        project_name: operator.project_name.clone(),
        recipient: operator.user_email.clone(),
        recipient_name: operator.user_name.clone(),
        subject,
        text,
        html,
        ..Outgoing::default()
    };
    let via = match connections::of_channel(operator, Channel::Email).await? {
        Some(own) => own.via(),
        None => Via::of_deployment(operator.project, Channel::Email),
    };
    let sent = state.transports.attempt(&state.db, &via, &mail, clock::now(), &mut Evidence::default()).await;
    sent.map(drop).map_err(|refusal| {
        let said = refusal.text.trim_end_matches('.');
        AppError::Unavailable(format!("The email could not be sent: {said}. Try again later."))
    })
}

pub async fn delete_message(operator: &Operator, id: MessageId) -> AppResult<Done> {
    steering::delete(operator, id).await?;
    Ok(Done::new("Message deleted."))
}

/// The form with its phone number in E.164.
pub fn checked(form: &CustomerForm) -> AppResult<CustomerForm> {
    let mut problems = Problems::default();
    let checked = problems.take(form.check());
    let phone = problems.take(phone::parse("phone", &form.phone));
    problems.or(CustomerForm { phone, ..checked })
}

pub async fn add_customer(operator: &Operator, form: &CustomerForm) -> AppResult<CustomerId> {
    customers::add(operator, &checked(form)?, clock::now()).await
}

/// With `message`, one that failed: offers to send it again, where that is possible now.
pub async fn edit_customer(
    operator: &Operator,
    id: CustomerId,
    form: &CustomerForm,
    was: Option<&CustomerForm>,
    message: Option<MessageId>,
) -> AppResult<Done> {
    let outcome = customers::edit_since(operator, id, &checked(form)?, was, clock::now()).await?;
    let done = with_canceled("Customer saved.", &outcome);
    let resend = match message {
        // The change is committed: without an answer, nothing is offered.
        Some(message) if steering::may_resend(operator, message).await.unwrap_or(false) => Some(message),
        _ => None,
    };
    Ok(Done { resend, ..done })
}

pub async fn set_unsubscribed(operator: &Operator, id: CustomerId, on: bool) -> AppResult<Done> {
    let outcome = customers::set_unsubscribed(operator, id, on, clock::now()).await?;
    Ok(with_canceled(if on { "Unsubscribed." } else { "Resubscribed." }, &outcome))
}

pub async fn set_archived(operator: &Operator, id: CustomerId, on: bool) -> AppResult<Done> {
    let outcome = customers::set_archived(operator, id, on, clock::now()).await?;
    Ok(with_canceled(if on { "Archived." } else { "Unarchived." }, &outcome))
}

/// What was done, and what was canceled with it.
fn with_canceled(did: &str, outcome: &Outcome) -> Done {
    let canceled = if outcome.done > 0 { format!(" {}", outcome.sentence("Canceled")) } else { String::new() };
    Done { undo: outcome.undo, ..Done::new(format!("{did}{canceled}")) }
}

pub async fn delete_customer(operator: &Operator, id: CustomerId) -> AppResult<Done> {
    customers::delete(operator, id).await?;
    Ok(Done::new("Customer deleted, with all messages, notes and reviews."))
}

/// Changes the customers of a selection.
pub async fn change_customers(manager: &Manager, selection: CustomerSelectionForm, form: &BulkForm) -> AppResult<Done> {
    let (selection, change) = (selection.check()?, form.check()?);
    if change.action == BulkAction::Request {
        let ask = Ask::by(&strategy::kept(manager).await?.strategy);
        return asked(manager, &Whom::Selected(selection), &ask).await;
    }
    let outcome = customers::change_selection(manager, &selection, &change, clock::now()).await?;
    Ok(Done::new(outcome.sentence(&change)))
}

pub async fn ask_many(manager: &Manager, whom: WhomForm, form: &AskForm) -> AppResult<Done> {
    asked(manager, &whom.check()?, &form.check()?).await
}

async fn asked(manager: &Manager, whom: &Whom, ask: &Ask) -> AppResult<Done> {
    let base_url = &auth::state()?.config.base_url;
    let outcome = many::ask_many(manager, whom, ask, base_url, clock::now()).await?;
    Ok(Done::new(outcome.sentence(&BulkChange { action: BulkAction::Request, tag: String::new() })))
}

/// What [`ask_many`] would do.
pub async fn preview_ask(manager: &Manager, whom: WhomForm, form: &AskForm) -> AppResult<AskPreview> {
    let base_url = &auth::state()?.config.base_url;
    many::preview(manager, &whom.check()?, &form.check()?, base_url, clock::now()).await
}

pub async fn cancel_unsent(operator: &Operator, id: CustomerId) -> AppResult<Done> {
    let outcome = customers::cancel_unsent(operator, id, clock::now()).await?;
    Ok(done(&outcome, "Canceled"))
}

pub async fn add_note(operator: &Operator, id: CustomerId, text: &str) -> AppResult<Done> {
    let text = parse_text("text", "The note", text, TEXT_MAX)?;
    if text.is_empty() {
        return Err(AppError::invalid("text", "Write something to note."));
    }
    customers::add_note(operator, id, &text, clock::now()).await?;
    Ok(Done::new("Note added."))
}

pub async fn delete_note(operator: &Operator, id: CustomerId, note: NoteId) -> AppResult<Done> {
    customers::delete_note(operator, id, note).await?;
    Ok(Done::new("Note deleted."))
}

pub async fn set_tags(operator: &Operator, id: CustomerId, tags: &str) -> AppResult<Done> {
    customers::set_tags(operator, id, &parse_tags(tags)?).await?;
    Ok(Done::new("Tags saved."))
}

/// Adds a review that reached the business another way.
pub async fn add_review(operator: &Operator, id: CustomerId, rating: &str, text: &str) -> AppResult<Done> {
    let rating = Rating::parse(rating)?;
    let text = parse_text("text", "The review", text, TEXT_MAX)?;
    let review = NewReview { customer: id, rating, text, source: None };
    reviews::add(operator, &review, clock::now()).await?;
    Ok(Done::new("Review added."))
}

/// Sends nothing to an address any more, and cancels what is unsent to it.
pub async fn add_suppression(manager: &Manager, form: &SuppressForm) -> AppResult<Done> {
    let (channel, form) = form.check()?;
    let address = match channel {
        Channel::Email => form.address,
        Channel::Sms => phone::parse("address", &form.address)?,
    };
    let canceled = suppressions::add(manager, channel, &address, &form.note, clock::now()).await?;
    let outcome = Outcome { done: canceled, ..Outcome::default() };
    Ok(with_canceled(&format!("{} is suppressed.", phone_words(&address)), &outcome))
}

pub async fn lift_suppression(operator: &Operator, id: SuppressionId) -> AppResult<Done> {
    let address = suppressions::lift(operator, id).await?;
    Ok(Done::new(format!("{} is not suppressed any more.", phone_words(&address))))
}

pub async fn request_review(operator: &Operator, id: CustomerId, form: &AskForm) -> AppResult<Done> {
    let (state, now) = (auth::state()?, clock::now());
    let first = requests::create(operator, id, &form.check()?, &state.config.base_url, now).await?.first;
    Ok(Done::new(requested(operator, first, now)))
}

/// `Review request scheduled for 24 Dec 18:30.`, in the project's zone.
fn requested(operator: &Operator, first: Timestamp, now: Timestamp) -> String {
    if first <= now {
        return "Review requested.".to_owned();
    }
    format!("Review request scheduled for {}.", operator.local(first).inline(operator.today(now)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_canceled_is_said_too() {
        let outcome = Outcome { done: 2, ..Outcome::default() };
        assert_eq!(with_canceled("Unsubscribed.", &outcome).sentence, "Unsubscribed. Canceled 2 messages.");
        assert_eq!(with_canceled("Archived.", &Outcome::default()).sentence, "Archived.");
    }
}
