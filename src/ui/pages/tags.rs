//! The tags of the project's customers: renamed, merged, removed.

mod dialogs;

use super::settings::nav::{SettingsHead, SettingsPart};
use crate::{
    api::tags::load_tags,
    domain::{
        location::counted,
        project::Frame,
        role::Role,
        tag::{TAGS_SHOWN, TagRow, TagsPage as Page, TagsTask, tagged_href},
    },
    ui::{
        frame::use_frame,
        hooks::{
            address::{use_param, use_query_at},
            page_data::{PageData, page_view},
            resource::use_resource,
        },
        parts::{dialog::use_address_dialog, trouble::Trouble},
    },
};
use dialogs::TaskDialog;
use leptos::prelude::*;
use leptos_meta::Title;

#[component]
pub fn TagsRoute() -> impl IntoView {
    let slug = use_param("slug");
    let path = Signal::derive(move || TagsTask::href(None, &slug.get()));
    let task = use_query_at(path, TagsTask::parse);
    let page = use_resource(move || slug.get(), load_tags);
    view! {
        <Title text="Tags" />
        {page_view(
            page,
            |_| (),
            |page| page.version,
            move |page| view! { <TagsPage page task frame=use_frame() /> }.into_any(),
        )}
    }
}

#[component]
fn TagsPage(page: PageData<Page>, task: Memo<Option<TagsTask>>, frame: Frame) -> impl IntoView {
    let PageData { data, trouble, read, .. } = page;
    let may_change = frame.may(Role::Manager);
    use_address_dialog(Signal::derive(move || task.with(Option::is_some)));
    let rows = Memo::new(move |_| data.with(|page| page.rows.clone()));
    let is_empty = Memo::new(move |_| rows.with(Vec::is_empty));
    let explanation = if may_change {
        "What customers are told apart by. A tag is made by giving it to a customer, or to many on the Customers page."
    } else {
        "What customers are told apart by. Ask an Admin of this project for the Manager role to change tags for all customers."
    };
    let more = move || {
        data.with(|page| page.has_more)
            .then(|| view! { <p class="muted">{format!("The first {TAGS_SHOWN} tags are shown.")}</p> }.into_any())
    };
    let slug = frame.slug.clone();
    let frame = StoredValue::new(frame);
    let row = move |row: TagRow| frame.with_value(|frame| row_view(&row, frame));
    let table = move || {
        if is_empty.get() {
            return view! {
                <div class="empty">
                    <p>"No customer has a tag yet."</p>
                </div>
            }
            .into_any();
        }
        view! {
            <div class="table-wrap">
                <table class="table settings-table tags-table">
                    <caption class="visually-hidden">"Tags"</caption>
                    <thead>
                        <tr>
                            <th scope="col">"Tag"</th>
                            <th scope="col">"Customers"</th>
                            <th scope="col">"Actions"</th>
                        </tr>
                    </thead>
                    <tbody>
                        <For each=move || rows.get() key=|row| (row.tag.clone(), row.customers) let:one>
                            {row(one)}
                        </For>
                    </tbody>
                </table>
            </div>
        }
        .into_any()
    };
    let dialog = may_change.then(|| view! { <TaskDialog task data slug=slug.clone() /> }.into_any());
    view! {
        <SettingsHead part=SettingsPart::Tags heading="Tags" slug />
        <p class="muted">{explanation}</p>
        <Trouble trouble read />
        {dialog}
        {table}
        {more}
    }
}

fn row_view(row: &TagRow, frame: &Frame) -> AnyView {
    let tag = row.tag.clone();
    let link = |task: TagsTask, label: &'static str| {
        view! {
            <a class="button" href=TagsTask::href(Some(&task), &frame.slug) data-noscroll="">
                {label}
                <span class="visually-hidden">{format!(" {tag}")}</span>
            </a>
        }
        .into_any()
    };
    let actions = frame.may(Role::Manager).then(|| {
        let (rename, remove) = (TagsTask::Rename(tag.clone()), TagsTask::Remove(tag.clone()));
        view! { <div class="row-buttons">{link(rename, "Rename")} {link(remove, "Remove")}</div> }.into_any()
    });
    view! {
        <tr class="row">
            <th class="cell-customer" scope="row">
                <span class="settings-name">{tag.clone()}</span>
            </th>
            <td class="cell-number">
                <a href=tagged_href(&frame.slug, &tag)>
                    {counted(row.customers, "customer")}
                    <span class="visually-hidden">{format!(" with {tag}")}</span>
                </a>
            </td>
            <td class="cell-buttons">{actions}</td>
        </tr>
    }
    .into_any()
}
