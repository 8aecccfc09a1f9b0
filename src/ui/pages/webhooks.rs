//! Webhooks out: added, changed, tested, switched off, and what became of their deliveries.

mod card;
mod deliveries;
mod dialogs;
mod form;

use super::settings::nav::{SettingsHead, SettingsPart};
use crate::{
    api::webhooks::{AddWebhook, NewWebhookSecret, load_webhooks},
    domain::{
        WebhookId,
        done::Done,
        project::Frame,
        webhook::{SECRET_START, WEBHOOKS_MOST, WebhooksPage as Page, WebhooksTask},
    },
    ui::{
        connections::copy::CopyValue,
        frame::use_frame,
        hooks::{
            action::{FormAction, FormFunction, emptied_when_done},
            address::{use_param, use_query_at},
            page_data::{PageData, page_view},
            resource::use_resource,
        },
        messages::steering::use_steering,
        parts::{dialog::use_address_dialog, submit_button::SubmitButton, trouble::Trouble},
    },
};
use card::{Actions, Card};
use dialogs::TaskDialog;
use form::Fields;
use leptos::{form::ActionForm, prelude::*};
use leptos_meta::Title;

#[component]
pub fn WebhooksRoute() -> impl IntoView {
    let slug = use_param("slug");
    let path = Signal::derive(move || WebhooksTask::href(None, &slug.get()));
    let task = use_query_at(path, WebhooksTask::parse);
    let page = use_resource(move || slug.get(), load_webhooks);
    view! {
        <Title text="Webhooks" />
        {page_view(
            page,
            |_| (),
            |page| page.version,
            move |page| view! { <WebhooksPage page task frame=use_frame() /> }.into_any(),
        )}
    }
}

#[component]
fn WebhooksPage(page: PageData<Page>, task: Memo<Option<WebhooksTask>>, frame: Frame) -> impl IntoView {
    let PageData { data, trouble, read, .. } = page;
    use_address_dialog(Signal::derive(move || task.get().is_some()));
    // Without scripts the page that follows the form has the secret.
    let secret = RwSignal::new(frame.notice.as_ref().and_then(secret_of));
    let renew = revealing::<NewWebhookSecret>(secret, &frame.slug);
    let actions = Actions::new(renew, &frame.slug);
    let ids = Memo::new(move |_| data.with(|page| page.rows.iter().map(|row| row.id).collect::<Vec<WebhookId>>()));
    let shown = StoredValue::new(frame.clone());
    let card = move |id| shown.with_value(|frame| view! { <Card id data actions frame=frame.clone() /> }.into_any());
    let has_room = Memo::new(move |_| ids.with(Vec::len) < WEBHOOKS_MOST);
    let add = move || {
        let slug = shown.with_value(|frame| frame.slug.clone());
        match has_room.get() {
            true => view! { <AddSection data secret slug /> }.into_any(),
            false => {
                view! { <p class="muted">{format!("A project has at most {WEBHOOKS_MOST} webhooks.")}</p> }.into_any()
            }
        }
    };
    view! {
        <SettingsHead part=SettingsPart::Webhooks heading="Webhooks" slug=frame.slug.clone() />
        <p class="muted">
            "Other systems are told what happens in this project, within seconds, by a signed request to an address of theirs. What messages say, and whom they go to, is not told."
        </p>
        <Trouble trouble read />
        <TaskDialog task data slug=frame.slug.clone() />
        {actions.notices()}
        <Secret secret />
        <div class="webhooks">
            <For each=move || ids.get() key=|id| *id let:id>
                {card(id)}
            </For>
        </div>
        <div class="settings">{add}</div>
    }
}

fn secret_of(done: &Done) -> Option<String> {
    done.link.clone().filter(|link| link.starts_with(SECRET_START))
}

/// An action whose answer has a secret.
fn revealing<S: FormFunction>(secret: RwSignal<Option<String>>, slug: &str) -> ServerAction<S> {
    let action = ServerAction::<S>::new();
    let steering = use_steering();
    let slug = slug.to_owned();
    action.on_done(move |done| {
        secret.set(secret_of(&done));
        steering.done(&slug, done);
    });
    action
}

/// The secret that was just made.
#[component]
fn Secret(secret: RwSignal<Option<String>>) -> impl IntoView {
    move || {
        secret.get().map(|value| {
            view! {
                <div class="notice">
                    <p>"The receiver checks by this secret that a request is ours. It is shown only now: keep it where the receiver finds it."</p>
                    <CopyValue what="the secret".to_owned() value />
                </div>
            }
            .into_any()
        })
    }
}

#[component]
fn AddSection(data: Memo<Page>, secret: RwSignal<Option<String>>, slug: String) -> impl IntoView {
    let action = revealing::<AddWebhook>(secret, &slug);
    let form = emptied_when_done(action);
    let error = action.refusal();
    let entered = data.with_untracked(|page| page.entered.clone()).filter(|_| error.with_untracked(Option::is_some));
    let (url, events) = entered.map_or_else(|| (String::new(), Vec::new()), |form| (form.url.clone(), form.ticked()));
    view! {
        <section class="card" aria-labelledby="add-heading">
            <h2 id="add-heading">"Add a webhook"</h2>
            <ActionForm action node_ref=form attr:novalidate="">
                <input type="hidden" name="slug" value=slug />
                <Fields prefix="new" url events error />
                <SubmitButton label="Add webhook" pending=action.pending() />
            </ActionForm>
        </section>
    }
}
