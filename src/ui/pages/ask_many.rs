//! Asking customers for reviews by a list of their addresses.

use crate::{
    api::requests::AskMany,
    domain::{AppError, ask::many::WhomForm, project::Frame, role::Role},
    ui::{
        customer::ask_many::{AskManyFields, Asking},
        frame::use_frame,
        hooks::action::FormAction,
        messages::steering::use_steering,
        parts::{
            field::{FieldError, described_by, field_error},
            heading::PageHeading,
            submit_button::SubmitButton,
        },
    },
};
use leptos::{form::ActionForm, prelude::*};
use leptos_meta::Title;

const LIST: &str = "ask-list";

#[component]
pub fn AskManyRoute() -> impl IntoView {
    let frame = use_frame();
    let customers = frame.href("customers");
    let content = if frame.may(Role::Manager) {
        view! { <ListForm frame /> }.into_any()
    } else {
        view! { <p class="notice">"Managers of this project ask many customers at once. You can ask each on their profile."</p> }
            .into_any()
    };
    view! {
        <Title text="Ask by a list" />
        <div class="title-row">
            <PageHeading>"Ask by a list"</PageHeading>
            <div class="title-actions">
                <a class="button" href=customers.clone()>
                    "All customers"
                </a>
            </div>
        </div>
        <div class="settings">
            <p class="muted">
                "Requests reviews from those of your customers whose addresses you paste here. To ask others, tick them on the "
                <a href=customers>"Customers page"</a> " and choose Request review."
            </p>
            {content}
        </div>
    }
}

#[component]
fn ListForm(frame: Frame) -> impl IntoView {
    let steering = use_steering();
    let slug = frame.slug.clone();
    // The answer leads to the customers, and the form goes with its page.
    let action = steering.outliving(|| {
        let action = ServerAction::<AskMany>::new();
        let project = slug.clone();
        action.on_done(move |done| steering.done(&project, done));
        action
    });
    let error = action.refusal();
    let pending = action.leads_away();
    let asking = Asking::new(slug.clone(), WhomForm::listed(String::new()));
    view! {
        <section class="card" aria-label="Request reviews">
            <ActionForm action attr:novalidate="" attr:class="template-form" on:input=asking.follow()>
                <input type="hidden" name="slug" value=slug />
                <input type="hidden" name="whom[is_list]" value="true" />
                <List error />
                <AskManyFields asking error frame />
                <div class="form-buttons">
                    <SubmitButton label=asking.label(pending) pending />
                </div>
            </ActionForm>
        </section>
    }
}

#[component]
fn List(error: Signal<Option<AppError>>) -> impl IntoView {
    let error = field_error(error, "list");
    view! {
        <div class="field">
            <label class="field-label" for=LIST>
                "Email addresses and phone numbers"
            </label>
            <p class="field-hint" id=format!("{LIST}-hint")>
                "One on each line, or separated by commas; at most 1,000. Addresses that no customer has are passed over and named."
            </p>
            <textarea
                class="input"
                id=LIST
                name="whom[list]"
                rows="8"
                autocomplete="off"
                spellcheck="false"
                aria-invalid=move || error.get().map(|_| "true")
                aria-describedby=described_by(LIST, true, error)
            ></textarea>
            <FieldError id=LIST error />
        </div>
    }
}
