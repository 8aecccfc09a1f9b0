//! Everything that may be done with one message, each as a form that works without scripts.

mod delete;
mod edit;
mod plain;
mod reschedule;

use crate::{
    api::messages::{ResendMessage, SendCopy, SendNow},
    domain::{
        MessageId,
        message::{Action, MessageDetail},
        project::Frame,
    },
    ui::{
        hooks::{
            action::{FormAction, FormFunction},
            effect::effect,
            focus,
        },
        messages::steering::use_steering,
    },
};
use delete::DeleteForm;
use edit::EditMessageForm;
use leptos::prelude::*;
pub use plain::also_cancel;
use plain::{ButtonForm, CancelForm, UndoForm};
use reschedule::RescheduleForm;

const HEADING: &str = "actions-heading";

/// The forms of what the message's status allows, as it is now.
#[component]
pub fn MessageForms(detail: Memo<MessageDetail>, frame: Frame) -> impl IntoView {
    let Frame { slug, zone, .. } = frame;
    let (id, customer) = detail.with_untracked(|detail| (detail.row.id, detail.row.customer_id));
    let slug = StoredValue::new(slug);
    // A form stays, with what is typed into it, for as long as its action is allowed.
    let may = |action: Action| Memo::new(move |_| detail.with(|detail| detail.row.may(action)));
    let (may_send, may_resend) = (may(Action::SendNow), may(Action::Resend));
    let (may_reschedule, may_cancel) = (may(Action::Reschedule), may(Action::Cancel));
    let (may_copy, may_delete) = (may(Action::SendCopy), may(Action::Delete));
    let batch = Memo::new(move |_| detail.with(|detail| detail.undo).filter(|_| may_send.get()));
    let others = Memo::new(move |_| detail.with(|detail| detail.unsent_siblings));
    let at = Memo::new(move |_| detail.with(|detail| detail.row.scheduled.input()));
    keep_focus(detail);
    let send = move || may_send.get().then(|| button::<SendNow>("Send now", slug.get_value(), id));
    let resend = move || may_resend.get().then(|| button::<ResendMessage>("Resend message", slug.get_value(), id));
    let undo = move || batch.get().map(|batch| view! { <UndoForm slug=slug.get_value() batch /> }.into_any());
    let reschedule = move || {
        let zone = zone.clone();
        may_reschedule.get().then(|| view! { <RescheduleForm slug=slug.get_value() id at zone /> }.into_any())
    };
    let edited = Memo::new(move |_| detail.with(|detail| detail.edit.clone()));
    let may_edit = Memo::new(move |_| edited.with(Option::is_some));
    let channel = detail.with_untracked(|detail| detail.row.channel);
    let edit = move || {
        let first = may_edit.get().then(|| edited.get_untracked())??;
        Some(view! { <EditMessageForm slug=slug.get_value() id channel first /> }.into_any())
    };
    let cancel = move || may_cancel.get().then(|| view! { <CancelForm slug=slug.get_value() id others /> }.into_any());
    let copy = move || may_copy.get().then(|| button::<SendCopy>("Send a copy to me", slug.get_value(), id));
    let delete =
        move || may_delete.get().then(|| view! { <DeleteForm slug=slug.get_value() id customer /> }.into_any());
    view! {
        <section class="card message-actions" aria-labelledby=HEADING>
            <h2 id=HEADING tabindex="-1">
                "Actions"
            </h2>
            {send} {resend} {undo} {reschedule} {edit} {cancel} {copy} {delete}
        </section>
    }
}

fn button<S: FormFunction>(label: &'static str, slug: String, id: MessageId) -> AnyView {
    let action = ServerAction::<S>::new();
    view! { <ButtonForm action label slug id /> }.into_any()
}

/// What every action on a message takes.
#[component]
fn MessageTarget(slug: String, id: MessageId) -> impl IntoView {
    view! {
        <input type="hidden" name="slug" value=slug />
        <input type="hidden" name="id" value=id.to_string() />
    }
}

/// Says what `action` did, in the project of `slug`; the page reads the message again.
fn say_when_done<S: FormFunction>(action: ServerAction<S>, slug: String) {
    let steering = use_steering();
    action.on_done(move |done| steering.done(&slug, done));
}

/// A form that had the focus goes when its action is no longer allowed: the heading above takes it.
fn keep_focus(detail: Memo<MessageDetail>) {
    let now = Memo::new(move |_| detail.with(|detail| (detail.row.status, detail.row.state)));
    effect(move |before: Option<()>| {
        now.track();
        if before.is_some() {
            request_animation_frame(|| {
                if focus::is_lost()
                    && let Some(heading) = focus::by_id(HEADING)
                {
                    focus::without_scrolling(&heading);
                }
            });
        }
    });
}
