//! What staff do: check the input, change the store, and describe the result in a sentence.

use crate::{
    domain::{
        AppError, AppResult, BatchId, CustomerId, MessageId, NoteId,
        ask::AskForm,
        bulk::{Outcome, Selection},
        contact::{TEXT_MAX, parse_text},
        content::Outgoing,
        customer::{CustomerForm, Done, parse_tags},
        filter::MessageFilter,
        message::EventKind,
        review::Rating,
        schedule,
        timeline::Detail,
    },
    server::{
        auth, clock, phone, requests,
        store::{
            customers,
            guard::{Manager, Operator},
            messages,
            reviews::{self, NewReview},
            steering, timeline,
        },
    },
};

/// The most messages that can be ticked: what fits on the largest pages, and more.
const TICKED_MAX: usize = 1_000;

pub async fn cancel_message(operator: &Operator, id: MessageId, also_request: bool) -> AppResult<Done> {
    let outcome = steering::cancel(operator, id, also_request, clock::now()).await?;
    Ok(done(&outcome, "Canceled"))
}

/// Cancels all that `query` matches if `all` is set, else the messages of `ids`.
pub async fn cancel_selected(manager: &Manager, ids: &str, all: bool, query: &str) -> AppResult<Done> {
    let outcome = steering::cancel_selection(manager, &selection(ids, all, query)?, clock::now()).await?;
    Ok(done(&outcome, "Canceled"))
}

/// Missing or unreadable input must never mean "all".
fn selection(ids: &str, all: bool, query: &str) -> AppResult<Selection> {
    let ids: Vec<&str> = ids.split(',').map(str::trim).filter(|id| !id.is_empty()).collect();
    if all && ids.is_empty() {
        let filter = MessageFilter::parse_whole(query).ok_or_else(|| {
            AppError::invalid("query", "The filter cannot be read, and nothing was canceled. Load the page again.")
        })?;
        return Ok(Selection::Matching(Box::new(filter)));
    }
    if ids.is_empty() || all {
        return Err(AppError::invalid("ids", "Tick the messages to cancel, or select all that match."));
    }
    if ids.len() > TICKED_MAX {
        let sentence = format!("At most {TICKED_MAX} messages can be ticked. Select all that match instead.");
        return Err(AppError::invalid("ids", sentence));
    }
    let ids: Result<Vec<MessageId>, _> = ids.into_iter().map(str::parse).collect();
    let mut ids =
        ids.map_err(|_| AppError::invalid("ids", "One of the ticked messages cannot be read. Load the page again."))?;
    ids.sort_unstable();
    ids.dedup();
    Ok(Selection::These(ids))
}

fn done(outcome: &Outcome, did: &str) -> Done {
    Done { sentence: outcome.sentence(did), undo: outcome.undo }
}

pub async fn undo_cancel(operator: &Operator, batch: BatchId) -> AppResult<Done> {
    let outcome = steering::undo(operator, batch, clock::now()).await?;
    Ok(done(&outcome, "Restored"))
}

pub async fn send_now(operator: &Operator, id: MessageId) -> AppResult<Done> {
    steering::send_now(operator, id, clock::now()).await?;
    Ok(Done::new("The message is being sent now."))
}

/// `at` is wall time in the project's zone.
pub async fn reschedule(operator: &Operator, id: MessageId, at: &str) -> AppResult<Done> {
    let now = clock::now();
    let at = schedule::future("at", &operator.zone, schedule::parse_wall("at", at)?, now)?;
    steering::reschedule(operator, id, at, now).await?;
    Ok(Done::new(format!("Rescheduled: {}.", operator.local(at).short(operator.today(now)))))
}

pub async fn resend(operator: &Operator, id: MessageId) -> AppResult<Done> {
    steering::resend(operator, id, clock::now()).await?;
    Ok(Done::new("The message is being sent again."))
}

/// The content goes to the person who asks, with inert links (store/inert.rs).
pub async fn send_copy(operator: &Operator, id: MessageId) -> AppResult<Done> {
    let (state, now) = (auth::state()?, clock::now());
    let content = messages::content(operator, id).await?;
    let subject = match content.subject {
        // Of an SMS.
        subject if subject.is_empty() => format!("SMS to {}", messages::row(operator, id).await?.recipient),
        subject => subject,
    };
    let copy = Outgoing {
        project_slug: operator.slug.clone(),
        project_name: operator.project_name.clone(),
        recipient: operator.user_email.clone(),
        recipient_name: operator.user_name.clone(),
        subject: format!("Copy: {subject}"),
        text: content.text,
        html: content.html,
        ..Outgoing::default()
    };
    state.transports.email.send(&copy, now).await.map_err(|refusal| {
        AppError::Unavailable(format!(
            "The copy could not be sent: {}. Try again later.",
            refusal.text.trim_end_matches('.')
        ))
    })?;
    let to = Detail::Words(operator.user_email.clone());
    timeline::note(operator, id, EventKind::CopySent, Some(to), now).await?;
    Ok(Done::new(format!("A copy is on its way to {}.", operator.user_email)))
}

pub async fn delete_message(operator: &Operator, id: MessageId) -> AppResult<Done> {
    steering::delete(operator, id).await?;
    Ok(Done::new("Message deleted."))
}

/// The form with its phone number in E.164.
fn checked(form: &CustomerForm) -> AppResult<CustomerForm> {
    let form = form.check()?;
    Ok(CustomerForm { phone: phone::parse("phone", &form.phone)?, ..form })
}

pub async fn add_customer(operator: &Operator, form: &CustomerForm) -> AppResult<CustomerId> {
    customers::add(operator, &checked(form)?, clock::now()).await
}

pub async fn edit_customer(operator: &Operator, id: CustomerId, form: &CustomerForm) -> AppResult<Done> {
    let outcome = customers::edit(operator, id, &checked(form)?, clock::now()).await?;
    Ok(with_canceled("Customer saved.", &outcome))
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
    Done { sentence: format!("{did}{canceled}"), undo: outcome.undo }
}

pub async fn delete_customer(operator: &Operator, id: CustomerId) -> AppResult<Done> {
    customers::delete(operator, id).await?;
    Ok(Done::new("Customer deleted, with all messages, notes and reviews."))
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

pub async fn request_review(operator: &Operator, id: CustomerId, form: &AskForm) -> AppResult<Done> {
    let ask = form.check()?;
    let base_url = &auth::state()?.config.base_url;
    requests::create(operator, id, &ask, base_url, clock::now()).await?;
    let when = if ask.at.is_some() { "Review requested for the time that you chose." } else { "Review requested." };
    Ok(Done::new(when))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_or_unreadable_is_never_all() {
        let id = "0190163d-8694-739b-aea5-966c26f8ad91";
        let these = |ids: &str| selection(ids, false, "status=scheduled");
        assert_eq!(these(&format!("{id}, {id},")), Ok(Selection::These(vec![id.parse().unwrap()])));
        let too_many = vec![id; 1_001].join(",");
        for wrong in ["", " , ", "x", &too_many] {
            assert!(these(wrong).unwrap_err().for_field("ids").is_some(), "{wrong}");
        }
        assert!(selection(id, true, "").is_err());
        let all = |query: &str| selection("", true, query);
        for query in ["", "status=scheduled&q=ana&sort=opened", "status=&channel="] {
            assert!(matches!(all(query), Ok(Selection::Matching(_))), "{query}");
        }
        for query in ["location=7", "from=2026-13-01", "status=all", "channel=fax", "template=x", "to=soon"] {
            assert!(all(query).unwrap_err().for_field("query").is_some(), "{query}");
        }
    }

    #[test]
    fn what_was_canceled_is_said_too() {
        let outcome = Outcome { done: 2, ..Outcome::default() };
        assert_eq!(with_canceled("Unsubscribed.", &outcome).sentence, "Unsubscribed. Canceled 2 messages.");
        assert_eq!(with_canceled("Archived.", &Outcome::default()).sentence, "Archived.");
    }
}
