//! Changes of single messages, and the undo of cancels, wherever a message is shown. Its row says at once that a change is
//! pending, and then its result.

use crate::{
    api::{
        attention::{dismiss_cause, dismiss_message},
        messages::{cancel_message, delete_message, load_message, resend_message, send_copy, send_now, undo_cancel},
    },
    domain::{AppResult, BatchId, MessageId, attention::Cause, done::Done, message::MessageRow, status::Status},
    ui::{
        hooks::{effect::effect, focus, live::Live},
        on_demand,
        parts::toast::Toasts,
    },
};
use leptos::{prelude::*, task::spawn_local};
use std::{collections::HashMap, pin::Pin};

/// What is asked of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    Cancel { id: MessageId, also_request: bool },
    Delete(MessageId),
    Resend(MessageId),
    SendCopy(MessageId),
    SendNow(MessageId),
    UndoCancel(BatchId),
    Dismiss(MessageId),
    DismissCause(Cause),
}

impl Change {
    /// The message whose row says that the change is pending, and the words for it.
    fn under_way(self) -> Option<(MessageId, &'static str)> {
        match self {
            Self::Cancel { id, .. } => Some((id, "Canceling…")),
            Self::Delete(id) => Some((id, "Deleting…")),
            Self::Resend(id) | Self::SendNow(id) => Some((id, "Sending…")),
            Self::Dismiss(id) => Some((id, "Dismissing…")),
            Self::SendCopy(_) | Self::UndoCancel(_) | Self::DismissCause(_) => None,
        }
    }
}

/// What an answer says of a message.
#[derive(Clone, Debug, PartialEq)]
pub struct Answered {
    pub id: MessageId,
    /// The project's version after the change.
    pub version: i64,
    /// None where it is deleted.
    pub row: Option<MessageRow>,
}

/// How many answers are kept: those of the last seconds.
const KEPT: usize = 100;

/// How many messages are followed until they have left: the last ones sent from here.
const LEAVING: usize = 5;

/// Provided by the frame around all pages of a project.
#[derive(Clone, Copy)]
pub struct Steering {
    slug: Memo<String>,
    toasts: Toasts,
    live: Live,
    under_way: RwSignal<HashMap<MessageId, &'static str>>,
    answered: RwSignal<Vec<Answered>>,
    action: Action<(String, Change), ()>,
    owner: StoredValue<Option<Owner>>,
}

pub fn use_steering() -> Steering {
    expect_context()
}

pub fn provide_steering(slug: Memo<String>, toasts: Toasts, live: Live) -> Steering {
    let under_way = RwSignal::new(HashMap::new());
    let answered = RwSignal::new(Vec::new());
    let leaving = follow_leaving(live, answered);
    // It reports each answer itself: where an action is dispatched twice, its value is only the second answer.
    let action = Action::new(move |(slug, change): &(String, Change)| {
        let (slug, change) = (slug.clone(), *change);
        async move {
            let answer = (on_demand::load().await.call)(slug.clone(), Call::Make(change)).await;
            if let Some((id, _)) = change.under_way() {
                under_way.update(|all| {
                    all.remove(&id);
                });
            }
            match answer {
                Ok(done) => {
                    match change {
                        Change::SendNow(id) | Change::Resend(id) => leaving.update(|all| {
                            all.push((slug.clone(), id));
                            let beyond = all.len().saturating_sub(LEAVING);
                            all.drain(..beyond);
                        }),
                        Change::UndoCancel(_) => leaving.update(Vec::clear),
                        _ => {}
                    }
                    report(&slug, change, done, toasts, live, answered);
                }
                Err(error) => toasts.error(&error),
            }
            focus::rescue();
        }
    });
    let owner = StoredValue::new(Owner::current());
    let steering = Steering { slug, toasts, live, under_way, answered, action, owner };
    provide_context(steering);
    steering
}

/// Messages that were asked to leave now, with their projects. They leave a moment later. Their rows say so too, even where
/// they no longer match the filter and are only kept because the pointer is on them.
fn follow_leaving(live: Live, answered: RwSignal<Vec<Answered>>) -> RwSignal<Vec<(String, MessageId)>> {
    let leaving = RwSignal::new(Vec::<(String, MessageId)>::new());
    effect(move |_| {
        live.track_told();
        for (slug, id) in leaving.get_untracked() {
            spawn_local(async move {
                let forget = || leaving.update(|all| all.retain(|(_, other)| *other != id));
                let answer = (on_demand::load().await.call)(slug, Call::Look(id)).await;
                let Ok(Done { version, row: Some(row), .. }) = answer else {
                    forget();
                    return;
                };
                if row.status != Status::Scheduled {
                    forget();
                }
                keep(answered, Answered { id, version, row: Some(row) });
            });
        }
    });
    leaving
}

/// What the server is called for.
pub enum Call {
    Make(Change),
    /// Reads the message as it is now.
    Look(MessageId),
}

/// What calls the server, in the project of a slug.
pub type CallFn = fn(String, Call) -> Answer;

type Answer = Pin<Box<dyn Future<Output = AppResult<Done>> + Send>>;

pub fn call(slug: String, call: Call) -> Answer {
    Box::pin(async move {
        match call {
            Call::Make(Change::Cancel { id, also_request }) => cancel_message(slug, id, also_request).await,
            Call::Make(Change::Delete(id)) => delete_message(slug, id).await,
            Call::Make(Change::Resend(id)) => resend_message(slug, id).await,
            Call::Make(Change::SendCopy(id)) => send_copy(slug, id).await,
            Call::Make(Change::SendNow(id)) => send_now(slug, id).await,
            Call::Make(Change::UndoCancel(batch)) => undo_cancel(slug, batch).await,
            Call::Make(Change::Dismiss(id)) => dismiss_message(slug, id).await,
            Call::Make(Change::DismissCause(cause)) => dismiss_cause(slug, cause).await,
            Call::Look(id) => {
                let detail = load_message(slug, id).await?;
                Ok(Done { version: detail.version, row: Some(detail.row), ..Done::default() })
            }
        }
    })
}

fn report(slug: &str, change: Change, done: Done, toasts: Toasts, live: Live, answered: RwSignal<Vec<Answered>>) {
    toasts.done(slug, &done);
    let deleted = match change {
        Change::Delete(id) => Some(Answered { id, version: done.version, row: None }),
        _ => None,
    };
    let changed = done.row.map(|row| Answered { id: row.id, version: done.version, row: Some(row) });
    if let Some(answer) = changed.or(deleted) {
        keep(answered, answer);
    }
    live.changed(done.version);
}

fn keep(answered: RwSignal<Vec<Answered>>, answer: Answered) {
    answered.update(|all| {
        if all.iter().any(|other| other.id == answer.id && other.version > answer.version) {
            return;
        }
        all.retain(|other| other.id != answer.id);
        all.push(answer);
        let beyond = all.len().saturating_sub(KEPT);
        all.drain(..beyond);
    });
}

impl Steering {
    /// Asks the server for `change`, in the project that is shown now.
    pub fn run(self, change: Change) {
        self.run_in(self.slug.get_untracked(), change);
    }

    /// The same in the project of `slug`.
    pub fn run_in(self, slug: String, change: Change) {
        if let Some((id, doing)) = change.under_way() {
            self.under_way.update(|all| {
                all.insert(id, doing);
            });
        }
        self.action.dispatch((slug, change));
    }

    /// What `make` makes lives as long as the frame of the project.
    pub fn outliving<T>(self, make: impl FnOnce() -> T) -> T {
        match self.owner.get_value() {
            Some(owner) => owner.with(make),
            None => make(),
        }
    }

    /// A form did this in the project of `slug`.
    pub fn done(self, slug: &str, done: Done) {
        self.toasts.done(slug, &done);
        if let Some(row) = done.row {
            keep(self.answered, Answered { id: row.id, version: done.version, row: Some(row) });
        }
        self.live.changed(done.version);
    }

    /// While `is_pending`, the row of the message says what a form does with it.
    pub fn show_pending(self, id: MessageId, doing: &'static str, is_pending: Signal<bool>) {
        let show = move |before: Option<bool>| {
            let now = is_pending.get();
            if now {
                self.under_way.update(|all| {
                    all.insert(id, doing);
                });
            } else if before == Some(true) {
                self.under_way.update(|all| {
                    all.remove(&id);
                });
            }
            now
        };
        self.outliving(|| effect(show));
    }

    /// What is being done with a message, for its row: `Canceling…`.
    pub fn doing(self, id: MessageId) -> Option<&'static str> {
        self.under_way.with(|all| all.get(&id).copied())
    }

    /// What the last answers said.
    pub fn answered(self) -> Vec<Answered> {
        self.answered.get()
    }
}
