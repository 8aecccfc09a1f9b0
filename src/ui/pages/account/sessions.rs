//! Where one is signed in, and ending that elsewhere.

use super::Account;
use crate::{
    api::account::{EndOtherSessions, EndSession},
    domain::account::Session,
    ui::{
        hooks::action::FormAction,
        parts::{
            field::FormNotice,
            submit_button::{PLAIN, SubmitButton},
        },
    },
};
use chrono::NaiveDate;
use leptos::{form::ActionForm, prelude::*};

const HEADING: &str = "sessions-heading";

#[component]
pub fn Sessions(context: Account, today: NaiveDate) -> impl IntoView {
    let action = context.action::<EndSession>(HEADING);
    let others = context.action::<EndOtherSessions>(HEADING);
    let sessions = Memo::new(move |_| context.data.with(|page| page.sessions.clone()));
    let end_others = move || {
        sessions.with(|sessions| sessions.len() > 1).then(|| {
            view! {
                <ActionForm action=others>
                    <input type="hidden" name="slug" value=context.slug.get_value() />
                    <FormNotice error=others.refusal() />
                    <SubmitButton label="End all other sessions" class=PLAIN pending=others.pending() />
                </ActionForm>
            }
            .into_any()
        })
    };
    view! {
        <section class="card" aria-labelledby=HEADING>
            <h2 id=HEADING tabindex="-1">
                "Sessions"
            </h2>
            <p>"Where you are signed in. End those that you do not know, and change your password then."</p>
            <FormNotice error=action.refusal() />
            <ul class="account-list">
                <For each=move || sessions.get() key=|session| (session.id, session.used) let:session>
                    {row(session, context, action, today)}
                </For>
            </ul>
            {end_others}
        </section>
    }
}

fn row(session: Session, context: Account, action: ServerAction<EndSession>, today: NaiveDate) -> AnyView {
    let Session { id, browser, since, used, is_this } = session;
    let browser = if browser.is_empty() { "A browser".to_owned() } else { browser };
    let since = since.inline(today);
    let sentence = match (is_this, used) {
        (true, _) => format!("Since {since}, in use now."),
        (false, Some(used)) => format!("Since {since}, last used {}.", used.inline(today)),
        (false, None) => format!("Since {since}."),
    };
    let mark = is_this.then(|| view! { <span class="account-mark">"This browser"</span> }.into_any());
    let named = format!(" the session of {browser}, since {since}");
    let end = (!is_this).then(|| {
        view! {
            <ActionForm action>
                <input type="hidden" name="slug" value=context.slug.get_value() />
                <input type="hidden" name="id" value=id.to_string() />
                <button class=PLAIN type="submit">
                    "End"
                    <span class="visually-hidden">{named}</span>
                </button>
            </ActionForm>
        }
        .into_any()
    });
    view! {
        <li>
            <div>
                <p>
                    <strong>{browser}</strong>
                    {mark}
                </p>
                <p class="muted">{sentence}</p>
            </div>
            {end}
        </li>
    }
    .into_any()
}
