//! The members of the project: who they are, and what admins do about it.

mod dialogs;
mod invitations;
mod invite;
mod table;

use super::settings::nav::{SettingsHead, SettingsPart};
use crate::{
    api::members::load_members,
    domain::{
        LocalTime,
        member::{MembersPage as Page, MembersTask},
        project::Frame,
        role::Role,
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
use chrono::NaiveDate;
use dialogs::TaskDialog;
use invitations::Invitations;
use invite::InviteSection;
use leptos::prelude::*;
use leptos_meta::Title;
use table::MembersTable;

#[component]
pub fn MembersRoute() -> impl IntoView {
    let slug = use_param("slug");
    let path = Signal::derive(move || MembersTask::href(None, &slug.get()));
    let task = use_query_at(path, MembersTask::parse);
    let page = use_resource(move || slug.get(), load_members);
    view! {
        <Title text="Members" />
        {page_view(
            page,
            |_| (),
            |page| page.version,
            move |page| view! { <MembersPage page task frame=use_frame() /> }.into_any(),
        )}
    }
}

#[component]
fn MembersPage(page: PageData<Page>, task: Memo<Option<MembersTask>>, frame: Frame) -> impl IntoView {
    let PageData { data, trouble, read, .. } = page;
    let may_change = frame.may(Role::Admin);
    use_address_dialog(Signal::derive(move || task.get().is_some()));
    // Without scripts the page that follows the form has the link.
    let link = RwSignal::new(frame.notice.as_ref().and_then(|done| done.link.clone()));
    let explanation = if may_change {
        "Who works on this project, and what each may do."
    } else {
        "Who works on this project. Ask an Admin of this project to change it."
    };
    let invite =
        may_change.then(|| view! { <div class="settings"><InviteSection link frame=frame.clone() /></div> }.into_any());
    let invitations = may_change.then(|| view! { <Invitations data link frame=frame.clone() /> }.into_any());
    let history = may_change.then(|| view! { <History data today=frame.today /> }.into_any());
    view! {
        <SettingsHead part=SettingsPart::Members heading="Members" slug=frame.slug.clone() />
        <p class="muted">{explanation}</p>
        <Trouble trouble read />
        <TaskDialog task data frame=frame.clone() />
        {invite}
        <MembersTable data frame=frame.clone() />
        {invitations}
        <div class="settings"><Roles /> {history}</div>
    }
}

/// What each role may do.
#[component]
fn Roles() -> impl IntoView {
    let role = |role: Role| {
        view! {
            <li>
                <strong>{role.name()}</strong>
                " "
                {role.explanation()}
                "."
            </li>
        }
        .into_any()
    };
    view! {
        <section class="card" aria-labelledby="roles-heading">
            <h2 id="roles-heading">"Roles"</h2>
            <p class="muted">"Each role may do what the role before it may. A project keeps at least one Owner."</p>
            <ul class="role-list">{Role::ALL.map(role).collect_view()}</ul>
        </section>
    }
}

/// What was done last.
#[component]
fn History(data: Memo<Page>, today: NaiveDate) -> impl IntoView {
    let entries = Memo::new(move |_| data.with(|page| page.history.clone()));
    let entry = move |(at, sentence): (LocalTime, String)| {
        view! {
            <li>
                <span class="muted">
                    <Time at today />
                </span>
                <span>{sentence}</span>
            </li>
        }
        .into_any()
    };
    let list = move || {
        let entries = entries.get();
        if entries.is_empty() {
            return view! { <p class="muted">"Nothing has been changed here yet."</p> }.into_any();
        }
        view! { <ul class="member-history">{entries.into_iter().map(entry).collect_view()}</ul> }.into_any()
    };
    view! {
        <section class="card" aria-labelledby="history-heading">
            <h2 id="history-heading">"History"</h2>
            {list}
        </section>
    }
}
