//! What is typed into the form of a template, and which version it follows.

use crate::{
    domain::template::{TemplatesPage, Wording},
    ui::hooks::effect::effect,
};
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};
use std::time::Duration;

/// How long after the last key the text is checked and shown.
const PAUSE: Duration = Duration::from_millis(400);

/// The state of one template's form.
#[derive(Clone, Copy)]
pub struct Draft {
    pub subject: RwSignal<String>,
    pub body: RwSignal<String>,
    /// What was typed until the typing paused.
    pub settled: RwSignal<Wording>,
    /// Whether anything was typed.
    pub is_touched: RwSignal<bool>,
    /// The version that the form began with: what is saved follows it.
    pub follows: RwSignal<i32>,
    /// What that version says.
    base: StoredValue<Wording>,
    /// Whether the cursor was in the subject last.
    pub is_in_subject: StoredValue<bool>,
    /// The change that this form has made, until the page's data shows it.
    own: StoredValue<Option<Own>>,
    data: Memo<TemplatesPage>,
}

/// A change of one's own.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Own {
    Saved,
    Restored,
}

impl Draft {
    pub fn new(data: Memo<TemplatesPage>) -> Self {
        let (stored, entered, number) =
            data.with_untracked(|page| (page.wording.clone(), page.entered.clone(), page.number));
        let first = entered.unwrap_or_else(|| stored.clone());
        let draft = Self {
            subject: RwSignal::new(first.subject.clone()),
            body: RwSignal::new(first.body.clone()),
            settled: RwSignal::new(first),
            is_touched: RwSignal::new(false),
            follows: RwSignal::new(number),
            base: StoredValue::new(stored),
            is_in_subject: StoredValue::new(false),
            own: StoredValue::new(None),
            data,
        };
        let in_force = Memo::new(move |_| data.with(|page| (page.number, page.wording.clone())));
        effect(move |_| {
            // Read, and not only tracked: a memo that nobody reads is not computed, and so follows nothing.
            in_force.with(|_| ());
            untrack(|| draft.renew());
        });
        let waiting = StoredValue::new(None::<TimeoutHandle>);
        let stop = move || {
            if let Some(Some(handle)) = waiting.try_update_value(Option::take) {
                handle.clear();
            }
        };
        on_cleanup(stop);
        effect(move |_| {
            let now = draft.wording();
            stop();
            if draft.settled.with_untracked(|settled| *settled != now) {
                let settle = move || {
                    draft.is_touched.set(true);
                    draft.settled.set(now.clone());
                };
                waiting.set_value(set_timeout_with_handle(settle, PAUSE).ok());
            }
        });
        draft
    }

    /// What the form holds.
    pub fn wording(self) -> Wording {
        Wording { subject: self.subject.get(), body: self.body.get() }
    }

    /// The form made a change; the data of the page may show it already or not yet.
    pub fn did(self, own: Own) {
        self.own.set_value(Some(own));
        self.renew();
    }

    /// Whether somebody else has saved another version than the one that the form follows.
    pub fn is_overtaken(self) -> bool {
        let number = self.data.with(|page| page.number);
        number != self.follows.get() && self.own.get_value().is_none()
    }

    /// Takes over the version that the data shows, if it is this form's own, or if nothing typed would be lost by it.
    fn renew(self) {
        let (wording, number) = self.data.with_untracked(|page| (page.wording.clone(), page.number));
        let follows = self.follows.get_untracked();
        let is_untouched = untrack(|| self.wording()) == self.base.get_value();
        if number == follows {
            // A default says something else once the project has another language.
            if is_untouched && wording != self.base.get_value() {
                self.take(wording, number);
            }
            return;
        }
        match self.own.try_update_value(Option::take).flatten() {
            // Another version after one's own is somebody else's: it must not be overwritten unseen.
            Some(Own::Saved) => {
                self.follows.set(follows + 1);
                if number == follows + 1 {
                    self.base.set_value(wording);
                }
            }
            Some(Own::Restored) => self.take(wording, number),
            None if is_untouched => self.take(wording, number),
            None => {}
        }
    }

    fn take(self, wording: Wording, number: i32) {
        self.subject.set(wording.subject.clone());
        self.body.set(wording.body.clone());
        self.settled.set(wording.clone());
        self.is_touched.set(false);
        self.base.set_value(wording);
        self.follows.set(number);
    }
}
