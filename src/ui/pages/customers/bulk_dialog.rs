//! The question before many customers are changed: what will be done, to how many, and which.

use crate::{
    api::{
        customers::{ChangeCustomers, preview_customers},
        requests::AskMany,
    },
    domain::{
        CustomerId,
        ask::many::WhomForm,
        customer::{
            bulk::{BulkAction, CustomerSelectionForm},
            filter::TAG_MAX,
        },
        project::Frame,
        stats::count,
    },
    ui::{
        customer::ask_many::{AskManyFields, Asking},
        hooks::action::FormAction,
        messages::{dialog_action::dialog_action, selection::Selection},
        parts::{
            dialog::{Dialog, DialogFoot},
            field::{FormNotice, SelectField, TextField},
            submit_button::{DANGER, PRIMARY, SubmitButton},
        },
    },
};
use leptos::{form::ActionForm, prelude::*};

/// What is asked about: the project, the action and the customers as they were then.
#[derive(Clone)]
pub struct Asked {
    pub slug: String,
    pub action: BulkAction,
    pub form: CustomerSelectionForm,
    /// Cleared when it is done.
    pub selection: Selection<CustomerId>,
}

#[component]
pub fn BulkDialog(
    asked: Asked,
    frame: Frame,
    /// The project's tags.
    tags: Memo<Vec<String>>,
    on_close: Callback<()>,
) -> impl IntoView {
    let title = match asked.action {
        action @ (BulkAction::AddTag | BulkAction::RemoveTag) => action.name().to_owned(),
        BulkAction::Request => "Request reviews".to_owned(),
        action => format!("{} customers", action.name()),
    };
    view! {
        <Dialog title on_close>
            {if asked.action == BulkAction::Request {
                view! { <AskQuestion asked frame /> }.into_any()
            } else {
                view! { <Question asked frame tags /> }.into_any()
            }}
        </Dialog>
    }
}

/// By which channels, with how many reminders and when they are asked.
#[component]
fn AskQuestion(asked: Asked, frame: Frame) -> impl IntoView {
    let Asked { slug, form, selection, .. } = asked;
    let action = dialog_action::<AskMany>(slug.clone(), move || selection.clear());
    let pending = action.pending();
    let scope = scope(&form, &frame);
    let asking = Asking::new(slug.clone(), WhomForm::selected(form.clone()));
    let CustomerSelectionForm { ids, all, filter, except } = form;
    let field = |name: &'static str, value: String| view! { <input type="hidden" name=name value=value /> };
    view! {
        <ActionForm action attr:class="dialog-form" on:input=asking.follow()>
            <div class="dialog-body">
                {scope.map(|scope| view! { <p>{scope}</p> })}
                <AskManyFields asking error=action.refusal() frame />
                <div class="progress" role="progressbar" aria-label="Under way" hidden=move || !pending.get()></div>
            </div>
            {field("slug", slug)} {field("whom[selection][ids]", ids.to_string())}
            {field("whom[selection][all]", all.to_string())} {field("whom[selection][filter]", filter.to_query())}
            {field("whom[selection][except]", except.to_string())}
            <DialogFoot close="Ask nobody">
                <SubmitButton label=asking.label(pending.into()) pending />
            </DialogFoot>
        </ActionForm>
    }
}

#[component]
fn Question(asked: Asked, frame: Frame, tags: Memo<Vec<String>>) -> impl IntoView {
    let Asked { slug, action: what, form, selection } = asked;
    let action = dialog_action::<ChangeCustomers>(slug.clone(), move || selection.clear());
    let (asked_slug, asked_form) = (slug.clone(), form.clone());
    let number = LocalResource::new(move || preview_customers(asked_slug.clone(), asked_form.clone()));
    let scope = scope(&form, &frame);
    let counted = move || match number.get() {
        None => view! { <p class="muted" role="status">"Counting…"</p> }.into_any(),
        Some(Ok(n)) => view! { <p>{selected(n)}</p> }.into_any(),
        Some(Err(error)) => view! { <p class="notice notice-error" role="alert">{error.to_string()}</p> }.into_any(),
    };
    let pending = action.pending();
    let label = Signal::derive(move || match number.get() {
        _ if pending.get() => "Under way…".to_owned(),
        Some(Ok(n)) => what.label(n),
        _ => what.name().to_owned(),
    });
    let can = Memo::new(move |_| matches!(number.get(), Some(Ok(n)) if n > 0));
    let refusal = action.refusal();
    let known = tags.get_untracked();
    let tag = what.has_tag().then(|| tag_field(what, known, form.filter.tag.clone(), refusal));
    let CustomerSelectionForm { ids, all, filter, except } = form;
    let field = |name: &'static str, value: String| view! { <input type="hidden" name=name value=value /> };
    let is_danger = what == BulkAction::Delete;
    view! {
        <ActionForm action attr:class="dialog-form">
            <div class="dialog-body">
                <FormNotice error=refusal fields=&["tag"] />
                {scope.map(|scope| view! { <p>{scope}</p> })} {counted} <p>{what.consequence()}</p> {tag}
                <div class="progress" role="progressbar" aria-label="Under way" hidden=move || !pending.get()></div>
            </div>
            {field("slug", slug)} {field("form[action]", what.slug().to_owned())}
            {is_danger.then(|| field("form[confirmed]", "true".to_owned()))} {field("selection[ids]", ids.to_string())}
            {field("selection[all]", all.to_string())} {field("selection[filter]", filter.to_query())}
            {field("selection[except]", except.to_string())}
            <DialogFoot close="Keep them as they are">
                {move || {
                    can.get()
                        .then(|| {
                            let class = if is_danger { DANGER } else { PRIMARY };
                            view! { <SubmitButton label class pending /> }.into_any()
                        })
                }}
            </DialogFoot>
        </ActionForm>
    }
}

/// A tag to add is written, one to remove is chosen.
fn tag_field(
    what: BulkAction,
    known: Vec<String>,
    filtered_by: String,
    error: Signal<Option<crate::domain::AppError>>,
) -> AnyView {
    if what == BulkAction::RemoveTag && !known.is_empty() {
        let options = known.into_iter().map(|tag| (tag.clone(), tag)).collect();
        return view! { <SelectField id="bulk-tag" label="Tag" name="form[tag]" field="tag" error options chosen=filtered_by /> }
            .into_any();
    }
    view! {
        <TextField
            id="bulk-tag"
            label="Tag"
            name="form[tag]"
            field="tag"
            error
            maxlength=TAG_MAX
            required=true
            autofocus=true
        />
    }
    .into_any()
}

fn selected(n: u64) -> String {
    match n {
        0 => "None of these customers is there any more.".to_owned(),
        1 => "1 customer is selected.".to_owned(),
        n => format!("{} are selected.", count(n, "customer")),
    }
}

/// The filter in words, where it takes all that match.
fn scope(form: &CustomerSelectionForm, frame: &Frame) -> Option<String> {
    if !form.all {
        return None;
    }
    let chips = form.filter.chips(|id| frame.location_name(id));
    let words: Vec<String> = chips.into_iter().map(|chip| format!("{}: {}", chip.label, chip.value)).collect();
    Some(if words.is_empty() {
        "All customers of this project who are not archived are selected.".to_owned()
    } else {
        format!("All that match {} are selected.", words.join(", "))
    })
}
