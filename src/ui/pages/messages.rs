//! The project's Messages page.

use super::not_found::ErrorPage;
use crate::{
    api::messages::{self as api, load_messages},
    domain::{
        AppError,
        filter::{MessageFilter, MessagesQuery},
        message::MessageRow,
        project::Frame,
        role::Role,
    },
    ui::{
        frame::use_frame,
        hooks::{
            keys::{KEYS, use_keys},
            live::use_live,
            place,
        },
        messages::{
            bulk_menu::SelectionBar, filter_bar::FilterBar, pager::Pager, selection::Selection, stats_bar::StatsBar,
            table::MessageTable,
        },
        parts::dialog::{Dialog, DialogFoot},
    },
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_location, use_params_map};

#[component]
pub fn MessagesPage() -> impl IntoView {
    let params = use_params_map();
    let search = use_location().search;
    let slug = Memo::new(move |_| params.with(|p| p.get("slug")).unwrap_or_default());
    let query = Memo::new(move |_| search.with(|s| MessagesQuery::parse(s.trim_start_matches('?'))));
    let page = Resource::new(
        move || (slug.get(), query.get()),
        |(slug, query)| async move { load_messages(slug, query.to_query()).await.map(|page| (query, page)) },
    );
    // A live change keeps the rows where they are under a pointer; whatever the person asked for does not.
    let live = StoredValue::new(false);
    use_live(slug.into(), move || {
        live.set_value(true);
        page.refetch();
    });
    let loading = RwSignal::new(false);
    // The server sends no page that waits for something: only a page that stands can be busy.
    let stands = RwSignal::new(false);
    Effect::new(move |_| stands.set(true));
    let pending = Signal::derive(move || stands.get() && loading.get());
    view! {
        <Title text="Messages" />
        <Transition set_pending=loading>
            <Loaded page query=query.into() live pending />
        </Transition>
    }
}

type Answer = (MessagesQuery, api::MessagesPage);

/// New data is shown in the page that stands; only an error replaces it.
#[component]
fn Loaded(
    page: Resource<Result<Answer, AppError>>,
    query: Signal<MessagesQuery>,
    live: StoredValue<bool>,
    pending: Signal<bool>,
) -> impl IntoView {
    let latest = Memo::new(move |_| page.get());
    let error = Memo::new(move |_| latest.with(|l| l.as_ref().map(|r| r.as_ref().err().cloned())));
    move || match error.get() {
        None => ().into_any(),
        Some(Some(error)) => view! { <ErrorPage error /> }.into_any(),
        Some(None) => match latest.get_untracked() {
            Some(Ok(first)) => view! { <Content latest first query live pending frame=use_frame() /> }.into_any(),
            _ => ().into_any(),
        },
    }
}

#[component]
fn Content(
    latest: Memo<Option<Result<Answer, AppError>>>,
    first: Answer,
    query: Signal<MessagesQuery>,
    live: StoredValue<bool>,
    pending: Signal<bool>,
    frame: Frame,
) -> impl IntoView {
    let answer = Memo::new(move |last: Option<&Answer>| {
        let new = latest.get().and_then(Result::ok).or_else(|| last.cloned()).unwrap_or_else(|| first.clone());
        let was_live = live.try_update_value(std::mem::take).unwrap_or(false);
        match last {
            Some(last) if was_live && last.0 == new.0 && under_pointer() => held(last, new),
            _ => new,
        }
    });
    let stats = Signal::derive(move || answer.with(|(_, p)| p.stats));
    let place = Signal::derive(move || answer.with(|(_, p)| p.place));
    let rows = Memo::new(move |_| answer.with(|(_, p)| p.rows.clone()));
    let none = Memo::new(move |_| rows.with(Vec::is_empty));
    let selection = frame.may(Role::Manager).then(Selection::new);
    if let Some(selection) = selection {
        provide_context(selection);
        // What is ticked is of one filter; the other pages of it keep their ticks.
        let filter = Memo::new(move |_| {
            query.with(|q| MessageFilter { sort: Default::default(), dir: Default::default(), ..q.filter.clone() })
        });
        Effect::new(move |before: Option<MessageFilter>| {
            let now = filter.get();
            if before.is_some_and(|b| b != now) {
                selection.clear();
            }
            now
        });
    }
    let help = RwSignal::new(false);
    Effect::new(move |_| use_keys(Callback::new(move |()| help.set(true))));
    Effect::new(|_| place::come_back());
    let bar = selection.map(|selection| view! { <SelectionBar selection rows place query frame=frame.clone() /> });
    let slug = frame.slug.clone();
    let own = frame.clone();
    let table = move || match none.get() {
        true => view! { <Nothing query=query.get() frame=own.clone() /> }.into_any(),
        false => {
            let frame = own.clone();
            view! { <MessageTable rows caption="Messages" frame query /> }.into_any()
        }
    };
    view! {
        <div class="title-row">
            <h1 tabindex="-1">"Messages"</h1>
            <div class="title-actions">
                <button type="button" class="button button-quiet js-only" on:click=move |_| help.set(true)>
                    "Keyboard help"
                </button>
                <a class="button button-primary" href=frame.href("customers")>
                    "Request review"
                </a>
            </div>
        </div>
        <StatsBar stats query slug=slug.clone() />
        <FilterBar query frame=frame.clone() />
        {bar}
        <div class="table-region" aria-busy=move || if pending.get() { "true" } else { "false" }>
            {table}
        </div>
        {move || {
            let slug = slug.clone();
            (!none.get()).then(|| view! { <Pager place query slug /> })
        }}
        {move || help.get().then(|| view! { <Help on_close=Callback::new(move |()| help.set(false)) /> })}
    }
}

/// Whether the pointer is over the rows.
fn under_pointer() -> bool {
    document().query_selector(".table-region tbody:hover").ok().flatten().is_some()
}

/// The new data in the old order: what the pointer is on stays where it is.
fn held(last: &Answer, new: Answer) -> Answer {
    let (query, mut page) = new;
    let fresh = std::mem::take(&mut page.rows);
    let mut rest: Vec<MessageRow> = fresh;
    page.rows = last
        .1
        .rows
        .iter()
        .map(|old| match rest.iter().position(|r| r.id == old.id) {
            Some(i) => rest.swap_remove(i),
            None => old.clone(),
        })
        .collect();
    (query, page)
}

#[component]
fn Nothing(query: MessagesQuery, frame: Frame) -> impl IntoView {
    if query.filter.narrows() {
        let all = query.filtered(MessageFilter::default()).href(&frame.slug);
        return view! {
            <div class="empty">
                <h2>"No message matches these filters"</h2>
                <p>"Remove one of the filters above, or look at all messages."</p>
                <a class="button" href=all>
                    "Clear filters"
                </a>
            </div>
        }
        .into_any();
    }
    view! {
        <div class="empty">
            <h2>"No messages yet"</h2>
            <p>"Choose a customer and request a review: each email and SMS of it will stand here."</p>
            <a class="button button-primary" href=frame.href("customers")>
                "Choose a customer"
            </a>
        </div>
    }
    .into_any()
}

#[component]
fn Help(on_close: Callback<()>) -> impl IntoView {
    let line = |(key, what): (&'static str, &'static str)| {
        view! {
            <dt>
                <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
        }
    };
    view! {
        <Dialog title="Keyboard" on_close>
            <dl class="dialog-body definition-list">{KEYS.map(line).into_iter().collect_view()}</dl>
            <DialogFoot />
        </Dialog>
    }
}
