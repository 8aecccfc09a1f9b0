//! The audit log: what members did in this project.

use super::settings::nav::{SettingsHead, SettingsPart};
use crate::{
    api::audit::load_audit,
    domain::{
        audit::{About, AuditEntry, AuditPage as Page, AuditQuery, KEPT_DAYS},
        customer::{ProfileQuery, message_href},
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
        messages::search_field::SearchField,
        parts::{first_next::FirstNext, time::Time, trouble::Trouble},
    },
};
use leptos::{ev, prelude::*};
use leptos_meta::Title;
use leptos_router::{NavigateOptions, hooks::use_navigate};

#[component]
pub fn AuditRoute() -> impl IntoView {
    let frame = use_frame();
    let content = match frame.may(Role::Manager) {
        true => view! { <AuditLog /> }.into_any(),
        false => {
            view! { <p class="notice">"Ask an Admin of this project for the Manager role to see the audit log."</p> }
                .into_any()
        }
    };
    view! {
        <Title text="Audit log" />
        <SettingsHead part=SettingsPart::Audit heading="Audit log" slug=frame.slug />
        <p class="muted">
            {format!(
                "What members did here, in the words of the answer they got. Kept for {} years; sentences about a person who is erased are taken out.",
                KEPT_DAYS / 365,
            )}
        </p>
        {content}
    }
}

#[component]
fn AuditLog() -> impl IntoView {
    let slug = use_param("slug");
    let path = Signal::derive(move || AuditQuery::default().href(&slug.get()));
    let query = use_query_at(path, AuditQuery::parse);
    let answer = use_resource(
        move || (slug.get(), query.get()),
        |(slug, query)| async move { Ok((query.clone(), load_audit(slug, query).await?)) },
    );
    view! {
        <Search query path />
        {page_view(
            answer,
            |_| (),
            |(_, page)| page.version,
            move |page| view! { <Entries page frame=use_frame() /> }.into_any(),
        )}
    }
}

#[component]
fn Search(query: Memo<AuditQuery>, path: Signal<String>) -> impl IntoView {
    let navigate = use_navigate();
    let search = Callback::new(move |q: String| {
        let replace = query.with_untracked(|now| !now.q.is_empty());
        let to = AuditQuery { q, after: None };
        if to != query.get_untracked() {
            let rest = to.to_query();
            let mark = if rest.is_empty() { "" } else { "?" };
            let options = NavigateOptions { replace, scroll: false, ..NavigateOptions::default() };
            navigate(&format!("{}{mark}{rest}", path.get_untracked()), options);
        }
    });
    view! {
        <form
            class="filters"
            method="get"
            action=path.get_untracked()
            role="search"
            aria-label="Search the audit log"
            autocomplete="off"
            on:submit=move |event: ev::SubmitEvent| event.prevent_default()
        >
            <SearchField
                id="audit-q"
                label="Search the audit log"
                placeholder="Who, or what was done"
                searched=Signal::derive(move || query.with(|query| query.q.clone()))
                path
                search
            />
            <button class="button no-js-only" type="submit">
                "Search"
            </button>
        </form>
    }
}

#[component]
fn Entries(page: PageData<(AuditQuery, Page)>, frame: Frame) -> impl IntoView {
    let PageData { data, trouble, read, .. } = page;
    let today = frame.today;
    let slug = StoredValue::new(frame.slug);
    let at =
        move |after| data.with(|(query, _)| slug.with_value(|slug| AuditQuery { after, ..query.clone() }.href(slug)));
    let first = Signal::derive(move || data.with(|(query, _)| query.after.is_some()).then(|| at(None)));
    let next = Signal::derive(move || data.with(|(_, page)| page.next).map(|next| at(Some(next))));
    let entry = move |AuditEntry { at, actor, sentence, about, .. }: AuditEntry| {
        let about = about.map(|About { customer, name, message }| {
            let href = slug.with_value(|slug| match message {
                Some(message) => message_href(slug, customer, message),
                None => ProfileQuery::default().href(slug, customer),
            });
            view! {
                " "
                <a href=href>{name}</a>
            }
            .into_any()
        });
        view! {
            <tr class="row">
                <td>
                    <Time at today />
                </td>
                <th class="cell-customer" scope="row">
                    {actor}
                </th>
                <td>{sentence} {about}</td>
            </tr>
        }
        .into_any()
    };
    let list = move || {
        let entries = data.with(|(_, page)| page.entries.clone());
        if entries.is_empty() {
            return view! {
                <div class="empty">
                    <p>"Nothing is written down that matches."</p>
                </div>
            }
            .into_any();
        }
        view! {
            <div class="table-wrap">
                <table class="table settings-table audit-table">
                    <caption class="visually-hidden">"Audit log"</caption>
                    <thead>
                        <tr>
                            <th scope="col">"When"</th>
                            <th scope="col">"Who"</th>
                            <th scope="col">"What"</th>
                        </tr>
                    </thead>
                    <tbody>{entries.into_iter().map(entry).collect_view()}</tbody>
                </table>
            </div>
        }
        .into_any()
    };
    view! {
        <Trouble trouble read />
        {list}
        <FirstNext label="Pages of the audit log" first next />
    }
}
