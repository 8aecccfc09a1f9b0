//! Renaming a location, and removing one.

use crate::{
    api::locations::{RemoveLocation, RenameLocation},
    domain::{
        LocationId,
        location::{LocationRow, LocationsPage, LocationsTask},
    },
    ui::{
        hooks::action::plain_refusal,
        parts::{
            dialog::{AddressDialog, CloseLink, FormFoot},
            field::{FormNotice, SelectField, TextField},
        },
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

/// The dialog that the address opens, if any.
#[component]
pub fn TaskDialog(task: Memo<Option<LocationsTask>>, data: Memo<LocationsPage>, slug: String) -> impl IntoView {
    let project = slug.clone();
    let back = Signal::derive(move || LocationsTask::href(None, &project));
    // What a dialog asks about stays, also when somebody else changes it meanwhile.
    let find = move |id: LocationId| data.with_untracked(|page| page.rows.iter().find(|row| row.id == id).cloned());
    move || {
        let slug = slug.clone();
        let (id, is_rename) = match task.get()? {
            LocationsTask::Rename(id) => (id, true),
            LocationsTask::Remove(id) => (id, false),
        };
        Some(match find(id) {
            None => view! { <GoneDialog back /> }.into_any(),
            Some(row) if is_rename => view! { <RenameDialog row slug back /> }.into_any(),
            Some(row) => {
                let others = data.with_untracked(|page| page.rows.iter().filter(|one| one.id != id).cloned().collect());
                view! { <RemoveDialog row others slug back /> }.into_any()
            }
        })
    }
}

#[component]
fn RenameDialog(row: LocationRow, slug: String, back: Signal<String>) -> impl IntoView {
    let error = Signal::stored(plain_refusal::<RenameLocation>());
    view! {
        <AddressDialog title=format!("Rename {}", row.name) back>
            <div class="dialog-body">
                <form method="post" action=RenameLocation::PATH novalidate>
                    <input type="hidden" name="slug" value=slug />
                    <input type="hidden" name="id" value=row.id.to_string() />
                    <FormNotice error fields=&["name"] />
                    <TextField
                        id="new-name"
                        label="New name"
                        name="name"
                        field="name"
                        error
                        value=Signal::stored(row.name)
                        hint="Messages that exist keep their text."
                        maxlength=120
                        required=true
                    />
                    <FormFoot back submit="Rename" pending=false />
                </form>
            </div>
        </AddressDialog>
    }
}

#[component]
fn RemoveDialog(row: LocationRow, others: Vec<LocationRow>, slug: String, back: Signal<String>) -> impl IntoView {
    let error = Signal::stored(plain_refusal::<RemoveLocation>());
    let says = match row.holds() {
        Some(what) => {
            let verb = if u64::from(row.customers) + row.messages == 1 { "belongs" } else { "belong" };
            format!("{what} {verb} to {}. They stay, and move to what you choose.", row.name)
        }
        None => format!("No customer and no message belongs to {}.", row.name),
    };
    let none = (String::new(), "No location".to_owned());
    let options: Vec<_> =
        [none].into_iter().chain(others.into_iter().map(|other| (other.id.to_string(), other.name))).collect();
    let choice = row.holds().map(|_| {
        view! { <SelectField id="move-to" label="Move them to" name="to" field="location" error options chosen=String::new() /> }
            .into_any()
    });
    view! {
        <AddressDialog title=format!("Remove {}", row.name) back>
            <div class="dialog-body">
                <p>{says}</p>
                <form method="post" action=RemoveLocation::PATH>
                    <input type="hidden" name="slug" value=slug />
                    <input type="hidden" name="id" value=row.id.to_string() />
                    <FormNotice error fields=&["location"] />
                    {choice}
                    <FormFoot back submit="Remove location" danger=true pending=false />
                </form>
            </div>
        </AddressDialog>
    }
}

/// For a location that was removed meanwhile.
#[component]
fn GoneDialog(back: Signal<String>) -> impl IntoView {
    view! {
        <AddressDialog title="No such location" back>
            <div class="dialog-body">
                <p>"This location was removed."</p>
                <div class="dialog-foot">
                    <CloseLink back label="Close" />
                </div>
            </div>
        </AddressDialog>
    }
}
