//! The keys by which other systems use the project's REST API: made, listed, revoked.

mod create;
mod revoke;

use super::settings::nav::{SettingsHead, SettingsPart};
use crate::{
    api::api_keys::load_api_keys,
    domain::{
        api_key::{ApiKey, ApiKeysPage as Page, ApiKeysTask},
        project::Frame,
        role::FORMER_MEMBER,
    },
    ui::{
        frame::use_frame,
        hooks::{
            address::{use_param, use_query_at},
            page_data::{PageData, page_view},
            resource::use_resource,
        },
        parts::{dialog::use_address_dialog, time::Time, trouble::Trouble},
    },
};
use create::CreateSection;
use leptos::prelude::*;
use leptos_meta::Title;
use revoke::TaskDialog;

#[component]
pub fn ApiKeysRoute() -> impl IntoView {
    let slug = use_param("slug");
    let path = Signal::derive(move || ApiKeysTask::href(None, &slug.get()));
    let task = use_query_at(path, ApiKeysTask::parse);
    let page = use_resource(move || slug.get(), load_api_keys);
    view! {
        <Title text="API keys" />
        {page_view(
            page,
            |_| (),
            |page| page.version,
            move |page| view! { <ApiKeysPage page task frame=use_frame() /> }.into_any(),
        )}
    }
}

#[component]
fn ApiKeysPage(page: PageData<Page>, task: Memo<Option<ApiKeysTask>>, frame: Frame) -> impl IntoView {
    let PageData { data, trouble, read, .. } = page;
    use_address_dialog(Signal::derive(move || task.get().is_some()));
    // Without scripts the page that follows the form has the key.
    let key = RwSignal::new(frame.notice.as_ref().and_then(|done| done.link.clone()));
    view! {
        <SettingsHead part=SettingsPart::ApiKeys heading="API keys" slug=frame.slug.clone() />
        <p class="muted">
            "With a key, another system can use the REST API of this project: its customers, charges, messages and reviews. "
            <a href="/api/v1/docs/" rel="external">
                "Read and try the API"
            </a>
        </p>
        <Trouble trouble read />
        <TaskDialog task data slug=frame.slug.clone() />
        <div class="settings">
            <CreateSection data key frame=frame.clone() />
        </div>
        <KeysTable data frame />
    }
}

#[component]
fn KeysTable(data: Memo<Page>, frame: Frame) -> impl IntoView {
    let keys = Memo::new(move |_| data.with(|page| page.keys.clone()));
    let is_empty = Memo::new(move |_| keys.with(Vec::is_empty));
    let frame = StoredValue::new(frame);
    let row = move |key: ApiKey| frame.with_value(|frame| row_view(&key, frame));
    move || {
        if is_empty.get() {
            return view! {
                <div class="empty">
                    <p>"This project has no API key yet."</p>
                </div>
            }
            .into_any();
        }
        view! {
            <div class="table-wrap">
                <table class="table settings-table api-keys-table">
                    <caption class="visually-hidden">"API keys"</caption>
                    <thead>
                        <tr>
                            <th scope="col">"Name"</th>
                            <th scope="col">"May"</th>
                            <th scope="col">"Made"</th>
                            <th scope="col">"Last used"</th>
                            <th scope="col">"Actions"</th>
                        </tr>
                    </thead>
                    <tbody>
                        <For each=move || keys.get() key=ApiKey::clone let:one>
                            {row(one)}
                        </For>
                    </tbody>
                </table>
            </div>
        }
        .into_any()
    }
}

fn row_view(key: &ApiKey, frame: &Frame) -> AnyView {
    let ApiKey { id, name, scopes, created_by, created, used } = key.clone();
    let by = format!("by {}", created_by.unwrap_or_else(|| FORMER_MEMBER.to_owned()));
    let used = match used {
        Some(at) => view! { <Time at today=frame.today /> }.into_any(),
        None => view! { <span class="muted">"Never"</span> }.into_any(),
    };
    let about = format!(" {name}");
    view! {
        <tr class="row">
            <th class="cell-customer" scope="row">
                <span class="settings-name">{name}</span>
            </th>
            <td>{scopes.words()}</td>
            <td class="cell-made">
                <Time at=created today=frame.today />
                " "
                {by}
            </td>
            <td class="cell-used">{used}</td>
            <td class="cell-buttons">
                <div class="row-buttons">
                    <a class="button" href=ApiKeysTask::href(Some(ApiKeysTask::Revoke(id)), &frame.slug) data-noscroll="">
                        "Revoke"
                        <span class="visually-hidden">{about}</span>
                    </a>
                </div>
            </td>
        </tr>
    }
    .into_any()
}
