//! Making a key, which is shown once.

use crate::{
    api::api_keys::CreateApiKey,
    domain::{
        api_key::{ApiKeyForm, ApiKeysPage, Scope},
        contact::NAME_MAX,
        project::Frame,
    },
    ui::{
        connections::copy::CopyValue,
        hooks::action::{FormAction, emptied_when_done},
        messages::steering::use_steering,
        parts::{
            field::{FieldError, FormNotice, TextField, described_by, field_error},
            submit_button::SubmitButton,
        },
    },
};
use leptos::{form::ActionForm, prelude::*};

#[component]
pub fn CreateSection(
    data: Memo<ApiKeysPage>,
    /// Takes the key that was made.
    key: RwSignal<Option<String>>,
    frame: Frame,
) -> impl IntoView {
    let action = ServerAction::<CreateApiKey>::new();
    let steering = use_steering();
    let slug = frame.slug.clone();
    action.on_done(move |done| {
        key.set(done.link.clone());
        steering.done(&slug, done);
    });
    let form = emptied_when_done(action);
    let error = action.refusal();
    let first = ApiKeyForm { read: true, ..ApiKeyForm::default() };
    let entered = data.with_untracked(|page| page.entered.clone()).unwrap_or(first);
    let shown = move || {
        key.get().map(|key| {
            view! {
                <div class="notice">
                    <p>"Copy the key now: it is not shown again. Whoever has it acts in this project."</p>
                    <CopyValue what="the API key".to_owned() value=key />
                </div>
            }
            .into_any()
        })
    };
    let for_scopes = field_error(error, "scopes");
    let scope = |scope: Scope, is_chosen: bool| {
        view! {
            <label class="checkbox">
                <input type="checkbox" name=format!("form[{}]", scope.name()) value="true" checked=is_chosen />
                {format!("{}: {}", scope.name(), scope.explanation())}
            </label>
        }
        .into_any()
    };
    let scopes = [(Scope::Read, entered.read), (Scope::Write, entered.write), (Scope::Delete, entered.delete)];
    view! {
        <section class="card" aria-labelledby="create-key-heading">
            <h2 id="create-key-heading">"Make a key"</h2>
            <p class="muted">"Give each system a key of its own, with no more than it needs."</p>
            {shown}
            <ActionForm action node_ref=form attr:novalidate="">
                <input type="hidden" name="slug" value=frame.slug />
                <FormNotice error fields=&["name", "scopes"] />
                <TextField
                    id="api-key-name"
                    label="Name"
                    name="form[name]"
                    field="name"
                    error
                    value=Signal::stored(entered.name)
                    hint="What the key is for."
                    maxlength=NAME_MAX
                    required=true
                />
                <fieldset class="field" aria-describedby=described_by("api-key-scopes", false, for_scopes)>
                    <legend class="field-label">"What the key may do"</legend>
                    {scopes.map(|(one, is_chosen)| scope(one, is_chosen)).collect_view()}
                    <FieldError id="api-key-scopes" error=for_scopes />
                </fieldset>
                <SubmitButton label="Make key" pending=action.pending() />
            </ActionForm>
        </section>
    }
}
