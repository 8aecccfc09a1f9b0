//! The locations of the project: added, renamed, removed.
//!
//! All forms are plain ones, with scripts too: the frame of each page knows the locations, so that the page is loaded anew.

mod dialogs;

use super::settings::nav::{SettingsHead, SettingsPart};
use crate::{
    api::locations::{AddLocation, RemoveLocation, RenameLocation, load_locations},
    domain::{
        customer::filter::CustomerFilter,
        location::{LocationRow, LocationsPage as Page, LocationsTask, counted},
        project::Frame,
        role::Role,
        stats::thousands,
    },
    ui::{
        frame::use_frame,
        hooks::{
            action::plain_refusal,
            address::{use_param, use_query_at},
            page_data::{PageData, page_view},
            resource::use_resource,
        },
        parts::{
            dialog::use_address_dialog,
            field::{FormNotice, TextField},
            submit_button::SubmitButton,
            trouble::Trouble,
        },
    },
};
use dialogs::TaskDialog;
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Title;

#[component]
pub fn LocationsRoute() -> impl IntoView {
    let slug = use_param("slug");
    let path = Signal::derive(move || LocationsTask::href(None, &slug.get()));
    let task = use_query_at(path, LocationsTask::parse);
    let page = use_resource(move || slug.get(), load_locations);
    view! {
        <Title text="Locations" />
        {page_view(
            page,
            |_| (),
            |page| page.version,
            move |page| view! { <LocationsPage page task frame=use_frame() /> }.into_any(),
        )}
    }
}

#[component]
fn LocationsPage(page: PageData<Page>, task: Memo<Option<LocationsTask>>, frame: Frame) -> impl IntoView {
    let PageData { data, trouble, read, .. } = page;
    let may_change = frame.may(Role::Manager);
    use_address_dialog(Signal::derive(move || task.get().is_some()));
    let rows = Memo::new(move |_| data.with(|page| page.rows.clone()));
    let is_empty = Memo::new(move |_| rows.with(Vec::is_empty));
    let explanation = if may_change {
        "The branches of the business. Customers and messages can be filtered by them, and templates can name them."
    } else {
        "The branches of the business. Ask an Admin of this project for the Manager role to change them."
    };
    // Whichever of the dialogs' forms was refused, and is not open any more.
    let refused = [plain_refusal::<RenameLocation>(), plain_refusal::<RemoveLocation>()].into_iter().flatten().next();
    let refused = refused
        .filter(|_| task.get_untracked().is_none())
        .map(|error| view! { <p class="notice notice-error" role="alert">{error.to_string()}</p> }.into_any());
    let frame = StoredValue::new(frame);
    let row = move |row: LocationRow| frame.with_value(|frame| row_view(&row, frame));
    let table = move || {
        if is_empty.get() {
            return view! {
                <div class="empty">
                    <p>"There is no location yet. A business with one branch needs none."</p>
                </div>
            }
            .into_any();
        }
        view! {
            <div class="table-wrap">
                <table class="table settings-table locations-table">
                    <caption class="visually-hidden">"Locations"</caption>
                    <thead>
                        <tr>
                            <th scope="col">"Name"</th>
                            <th scope="col">"Customers"</th>
                            <th scope="col">"Messages"</th>
                            <th scope="col">"Actions"</th>
                        </tr>
                    </thead>
                    <tbody>
                        <For each=move || rows.get() key=LocationRow::clone let:one>
                            {row(one)}
                        </For>
                    </tbody>
                </table>
            </div>
        }
        .into_any()
    };
    let add = may_change.then(|| view! { <AddSection slug=frame.with_value(|frame| frame.slug.clone()) /> }.into_any());
    view! {
        <SettingsHead
            part=SettingsPart::Locations
            heading="Locations"
            slug=frame.with_value(|frame| frame.slug.clone())
        />
        <p class="muted">{explanation}</p>
        <Trouble trouble read />
        {refused}
        {may_change.then(|| view! { <TaskDialog task data slug=frame.with_value(|frame| frame.slug.clone()) /> })}
        {table}
        <div class="settings">{add}</div>
    }
}

fn row_view(row: &LocationRow, frame: &Frame) -> AnyView {
    let name = row.name.clone();
    let filter = CustomerFilter { location: Some(row.id), ..CustomerFilter::default() };
    let customers = frame.href(&format!("customers?{}", filter.to_query()));
    let messages = frame.href(&format!("messages?location={}", row.id));
    let link = |task: LocationsTask, label: &'static str| {
        view! {
            <a class="button" href=LocationsTask::href(Some(task), &frame.slug) data-noscroll="">
                {label}
                <span class="visually-hidden">{format!(" {name}")}</span>
            </a>
        }
        .into_any()
    };
    let actions = frame.may(Role::Manager).then(|| {
        let (rename, remove) = (LocationsTask::Rename(row.id), LocationsTask::Remove(row.id));
        view! { <div class="row-buttons">{link(rename, "Rename")} {link(remove, "Remove")}</div> }.into_any()
    });
    view! {
        <tr class="row">
            <th class="cell-customer" scope="row">
                <span class="settings-name">{name.clone()}</span>
            </th>
            <td class="cell-number">
                <a href=customers>
                    {counted(row.customers, "customer")}
                    <span class="visually-hidden">{format!(" of {name}")}</span>
                </a>
            </td>
            <td class="cell-number">
                <a href=messages>
                    {thousands(row.messages)} {if row.messages == 1 { " message" } else { " messages" }}
                    <span class="visually-hidden">{format!(" of {name}")}</span>
                </a>
            </td>
            <td class="cell-buttons">{actions}</td>
        </tr>
    }
    .into_any()
}

#[component]
fn AddSection(slug: String) -> impl IntoView {
    let error = Signal::stored(plain_refusal::<AddLocation>());
    view! {
        <section class="card" aria-labelledby="add-heading">
            <h2 id="add-heading">"Add a location"</h2>
            <form method="post" action=AddLocation::PATH novalidate>
                <input type="hidden" name="slug" value=slug />
                <FormNotice error fields=&["name"] />
                <TextField
                    id="location-name"
                    label="Name"
                    name="name"
                    field="name"
                    error
                    hint="As customers know it: templates can name it."
                    maxlength=120
                    required=true
                />
                <SubmitButton label="Add location" pending=false />
            </form>
        </section>
    }
}
