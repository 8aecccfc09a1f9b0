//! Trial mode: its guests, and the way out of it.

use super::settings_action;
use crate::{
    api::sending::{GoLive, SaveGuests},
    domain::{
        contact::phone_words,
        project::Frame,
        role::Role,
        sending::{Check, SendingPage, Trial},
    },
    ui::{
        hooks::{action::FormAction, effect::effect, focus},
        parts::{
            field::{FieldError, FormNotice, described_by, field_error},
            icon::Icon,
            submit_button::{PLAIN, PRIMARY, SubmitButton},
        },
    },
};
use leptos::{form::ActionForm, prelude::*};

const HEADING: &str = "trial-heading";

#[component]
pub fn TrialSection(data: Memo<SendingPage>, frame: Frame) -> impl IntoView {
    let is_trial = Memo::new(move |_| data.with(|page| page.trial.is_some()));
    // The form that had the focus goes with the trial.
    effect(move |was: Option<bool>| {
        let is = is_trial.get();
        if was == Some(true)
            && !is
            && let Some(heading) = focus::by_id(HEADING)
        {
            focus::without_scrolling(&heading);
        }
        is
    });
    let content = move || {
        if is_trial.get() {
            view! { <InTrial data frame=frame.clone() /> }.into_any()
        } else {
            view! { <p>"The project is live: messages go to all customers."</p> }.into_any()
        }
    };
    view! {
        <section class="card" aria-labelledby=HEADING>
            <h2 id=HEADING tabindex="-1">
                "Trial mode"
            </h2>
            {content}
        </section>
    }
}

#[component]
fn InTrial(data: Memo<SendingPage>, frame: Frame) -> impl IntoView {
    let trial = Memo::new(move |_| data.with(|page| page.trial.clone()).unwrap_or_else(none));
    let members = move || trial.with(|trial| trial.members.join(", "));
    let guests = move || {
        trial.with(|trial| match trial.guests.is_empty() {
            true => "none".to_owned(),
            false => trial.guests.iter().map(|guest| phone_words(guest)).collect::<Vec<_>>().join(", "),
        })
    };
    let checks = move || trial.with(|trial| trial.checks.iter().cloned().map(check).collect_view());
    let held = move || trial.with(Trial::held_words);
    let may = frame.may(Role::Admin);
    let guest_form = may.then(|| view! { <GuestForm trial slug=frame.slug.clone() /> }.into_any());
    let live_form = may.then(|| view! { <LiveForm slug=frame.slug.clone() /> }.into_any());
    view! {
        <p>
            "Messages are sent only to members of the project and to guests. All others are held until the project goes live, and are then sent if they are still wanted."
        </p>
        <p>"Members: " {members} ". Guests: " {guests} "."</p>
        {guest_form}
        <h3>"Before you go live"</h3>
        <ul class="checks">{checks}</ul>
        <p>{held}</p>
        {live_form}
    }
}

fn none() -> Trial {
    Trial { members: Vec::new(), guests: Vec::new(), held: 0, checks: Vec::new() }
}

fn check(Check { is_done, sentence }: Check) -> AnyView {
    let (icon, word) = if is_done { ("check", "Done: ") } else { ("info", "To do: ") };
    view! {
        <li>
            <Icon name=icon />
            <span>
                <span class="visually-hidden">{word}</span>
                {sentence}
            </span>
        </li>
    }
    .into_any()
}

#[component]
fn GuestForm(trial: Memo<Trial>, slug: String) -> impl IntoView {
    let action = settings_action::<SaveGuests>(&slug);
    let error = action.refusal();
    let for_guests = field_error(error, "guests");
    view! {
        <ActionForm action attr:novalidate="">
            <input type="hidden" name="slug" value=slug />
            <FormNotice error fields=&["guests"] />
            <div class="field">
                <label class="field-label" for="guests">
                    "Guests"
                </label>
                <p class="field-hint" id="guests-hint">
                    "Email addresses and phone numbers, one per line."
                </p>
                <textarea
                    class="input"
                    id="guests"
                    name="guests"
                    rows="3"
                    autocomplete="off"
                    aria-invalid=move || for_guests.get().map(|_| "true")
                    aria-describedby=described_by("guests", true, for_guests)
                >
                    {trial.with_untracked(|trial| trial.guests.join("\n"))}
                </textarea>
                <FieldError id="guests" error=for_guests />
            </div>
            <SubmitButton label="Save guests" class=PLAIN pending=action.pending() />
        </ActionForm>
    }
}

#[component]
fn LiveForm(slug: String) -> impl IntoView {
    let action = settings_action::<GoLive>(&slug);
    view! {
        <ActionForm action>
            <input type="hidden" name="slug" value=slug />
            <FormNotice error=action.refusal() />
            <SubmitButton label="Go live" class=PRIMARY pending=action.pending() />
        </ActionForm>
    }
}
