//! What the project's messages leave by: health, settings, tests.

use crate::{
    api::connections::load_connections,
    domain::{
        connection::page::{ChannelConnection, ConnectionsPage as Page, ConnectionsQuery},
        message::Channel,
        project::Frame,
        role::Role,
    },
    ui::{
        connections::{remove_dialog::RemoveDialog, section::ChannelSection},
        frame::use_frame,
        hooks::{
            address::{use_param, use_query_at},
            page_data::{PageData, page_view},
            resource::use_resource,
        },
        parts::{dialog::use_address_dialog, heading::PageHeading, trouble::Trouble},
    },
};
use leptos::prelude::*;
use leptos_meta::Title;

#[component]
pub fn ConnectionsRoute() -> impl IntoView {
    let slug = use_param("slug");
    let path = Signal::derive(move || format!("/projects/{}/connections", slug.get()));
    let query = use_query_at(path, ConnectionsQuery::parse);
    let page = use_resource(move || slug.get(), load_connections);
    view! {
        <Title text="Connections" />
        {page_view(
            page,
            |_| (),
            |page| page.version,
            move |page| view! { <ConnectionsPage page query frame=use_frame() /> }.into_any(),
        )}
    }
}

#[component]
fn ConnectionsPage(page: PageData<Page>, query: Memo<ConnectionsQuery>, frame: Frame) -> impl IntoView {
    let PageData { data, trouble, read, .. } = page;
    let may_change = frame.may(Role::Admin);
    let entered = data.with_untracked(|page| page.entered.clone());
    let section = |channel: Channel, frame: Frame| {
        // Each channel is there from the start.
        let first = data.with_untracked(|page| of(page, channel));
        first.map(|first| {
            let data = Memo::new(move |_| data.with(|page| of(page, channel)).unwrap_or_else(|| first.clone()));
            view! { <ChannelSection channel data query entered=entered.clone() frame /> }.into_any()
        })
    };
    let sections = Channel::ALL.map(|channel| section(channel, frame.clone())).into_iter().collect_view();
    let explanation = if may_change {
        "The connections that this project's messages are sent over. A change applies from the next message on; waiting messages are kept."
    } else {
        "The connections that this project's messages are sent over. Ask an Admin of this project to change them."
    };
    let dialog = may_change.then(|| view! { <Dialogs query slug=frame.slug.clone() /> }.into_any());
    view! {
        <div class="connections">
            <div class="title-row">
                <PageHeading>"Connections"</PageHeading>
            </div>
            <p class="muted">{explanation}</p>
            <Trouble trouble read />
            {dialog}
            {sections}
        </div>
    }
}

fn of(page: &Page, channel: Channel) -> Option<ChannelConnection> {
    page.channels.iter().find(|one| one.channel == channel).cloned()
}

/// The dialog that the address opens, if any.
#[component]
fn Dialogs(query: Memo<ConnectionsQuery>, slug: String) -> impl IntoView {
    let removing = Memo::new(move |_| query.with(|query| query.removing));
    use_address_dialog(Signal::derive(move || removing.with(Option::is_some)));
    let project = slug.clone();
    let back = Signal::derive(move || ConnectionsQuery { removing: None, ..query.get() }.href(&project));
    move || removing.get().map(|channel| view! { <RemoveDialog channel slug=slug.clone() back /> }.into_any())
}
