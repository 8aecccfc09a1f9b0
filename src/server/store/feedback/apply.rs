//! The reports over one connection, applied one after the other.

use super::{
    Bundle, Reply,
    subject::{self, Subject},
    texts,
};
use crate::{
    domain::{
        AppResult, MessageId, ProjectId, Timestamp,
        feedback::{Feedback, Report},
        message::{Channel, EventKind, FailureCode},
        timeline::Detail,
    },
    server::store::{
        db::Tx,
        suppressions::{self, Origin},
        timeline::Event,
    },
};
use std::collections::{BTreeSet, HashMap};

/// The words of a provider that the timeline keeps, in characters.
const WORDS_MAX: usize = 500;

pub struct Applying {
    project: ProjectId,
    channel: Channel,
    now: Timestamp,
    /// The messages that the events are about and the project has.
    subjects: HashMap<MessageId, Subject>,
    /// Those that may have been changed since they were read.
    outdated: BTreeSet<MessageId>,
    /// Messages and attempts by the provider's names.
    named: HashMap<String, (MessageId, Timestamp)>,
    timeline: Vec<Event>,
}

impl Applying {
    pub async fn begin(tx: &mut Tx, bundle: &Bundle<'_>, now: Timestamp) -> sqlx::Result<Self> {
        let Bundle { project, channel, .. } = *bundle;
        let abouts = || bundle.events.iter().map(|(_, event)| &event.about);
        let names: BTreeSet<&str> = abouts().filter_map(|about| about.provider_id.as_deref()).collect();
        let names: Vec<&str> = names.into_iter().collect();
        let named = subject::named_by_provider(tx, project, &names).await?;
        let ours = abouts().filter_map(|about| about.message);
        let ids: BTreeSet<MessageId> = ours.chain(named.values().map(|(message, _)| *message)).collect();
        let ids: Vec<MessageId> = ids.into_iter().collect();
        let subjects = subject::load(tx, project, &ids).await?;
        Ok(Self { project, channel, now, subjects, outdated: BTreeSet::new(), named, timeline: Vec::new() })
    }

    /// Returns what to answer to a customer's SMS.
    pub async fn apply(&mut self, tx: &mut Tx, event: &Feedback) -> AppResult<Option<Reply>> {
        let project = self.project;
        if let Report::Texted { text, word } = &event.kind {
            let Some(number) = event.about.recipient.as_deref() else { return Ok(None) };
            let texted = texts::take(tx, project, number, text, *word, event, self.now).await?;
            self.timeline.extend(texted.noted);
            self.outdated.extend(self.subjects.keys());
            return Ok(texted.reply);
        }
        let named = event.about.provider_id.as_ref().and_then(|name| self.named.get(name)).copied();
        let Some(message) = named.map(|(message, _)| message).or(event.about.message) else { return Ok(None) };
        if self.outdated.remove(&message) {
            self.subjects.extend(subject::load(tx, project, &[message]).await?);
        }
        // Of another project, deleted since, or not sent by us at all: the provider's account may have other uses.
        let subject = self.subjects.get_mut(&message).filter(|subject| subject.channel == self.channel);
        let Some(subject) = subject else { return Ok(None) };
        let is_current = subject.is_current(event, named.map(|(_, started)| started));
        let is_about_the_message = is_current || matches!(event.kind, Report::Complained { .. });
        let has_changed = is_about_the_message && subject.standing.add(&event.kind, event.at);
        subject.write(tx, project).await?;
        self.timeline.extend(note(project, subject, event, is_current, has_changed));
        if follow_up(tx, project, subject, event, self.now).await? {
            let (customer, recipient) = (subject.customer, subject.recipient.clone());
            let theirs = |of: &Subject| of.customer == customer || of.recipient == recipient;
            self.outdated.extend(self.subjects.values().filter(|of| theirs(of)).map(|of| of.message));
        }
        Ok(None)
    }

    /// What goes into the timeline.
    pub fn timeline(self) -> Vec<Event> {
        self.timeline
    }
}

/// What the timeline says of a report.
fn note(project: ProjectId, subject: &Subject, event: &Feedback, is_current: bool, has_changed: bool) -> Option<Event> {
    let (kind, words) = match &event.kind {
        // Once is enough.
        Report::Delivered { words } if has_changed => (EventKind::Delivered, words),
        Report::Failed { words, .. } if is_current && (has_changed || subject.standing.failure.is_some()) => {
            (EventKind::Failed, words)
        }
        Report::Failed { words, .. } => {
            let late = Detail::Late(EventKind::Failed, cut(words));
            return Some(Event::new((project, subject.message), EventKind::Stale, event.at).with(late));
        }
        Report::Delayed { words } => (EventKind::Delayed, words),
        Report::Complained { words } => (EventKind::Complained, words),
        Report::OptedOut { words } => (EventKind::Unsubscribed, words),
        Report::Delivered { .. } | Report::Texted { .. } => return None,
    };
    let words = Some(cut(words)).filter(|words| !words.is_empty());
    Some(Event::new((project, subject.message), kind, event.at).with(words.map(Detail::Words)))
}

/// What follows for the address and its customer. Whether anything does.
async fn follow_up(
    tx: &mut Tx,
    project: ProjectId,
    subject: &Subject,
    event: &Feedback,
    now: Timestamp,
) -> sqlx::Result<bool> {
    let address = event.about.recipient.as_deref().unwrap_or(&subject.recipient);
    let to: (Channel, &str) = (subject.channel, address);
    let name = event.names.first().map(String::as_str).unwrap_or_default();
    let origin = |words| Origin { message: Some(subject.message), event: name, words, at: event.at };
    match &event.kind {
        Report::Failed { failure: FailureCode::AddressUnknown, words } => {
            // Whoever read the message has this address, whatever is reported.
            let facts = &subject.standing.facts;
            let was_read = facts.opened.is_some() || facts.clicked.is_some() || facts.complained.is_some();
            if was_read && address == subject.recipient {
                return Ok(false);
            }
            suppressions::bounced(tx, project, to, &origin(words), now).await?;
        }
        Report::Failed { failure: FailureCode::OptedOut, words } | Report::OptedOut { words } => {
            suppressions::opted_out(tx, project, to, Some(subject.customer), &origin(words), now).await?;
        }
        Report::Complained { words } => {
            suppressions::complained(tx, project, to, subject.customer, &origin(words), now).await?;
        }
        _ => return Ok(false),
    }
    Ok(true)
}

fn cut(words: &str) -> String {
    words.chars().take(WORDS_MAX).collect()
}
