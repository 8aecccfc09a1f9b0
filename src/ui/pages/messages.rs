//! The project's Messages page.

use super::not_found::ErrorPage;
use crate::{
    api::messages::{self as api, load_messages},
    domain::{
        AppError,
        filter::{Direction, MessageFilter, MessagesQuery, Sort},
        project::Frame,
        role::Role,
    },
    ui::{
        frame::use_frame,
        hooks::{
            keys::{KEYS, use_keys},
            live::follow,
            place,
            resource::{PageResource, use_resource},
        },
        messages::{
            bulk_menu::SelectionBar, filter_bar::FilterBar, pager::Pager, selection::Selection, stats_bar::StatsBar,
            table::MessageTable,
        },
        parts::{
            dialog::{Dialog, DialogFoot},
            toast::use_toasts,
            whole::Whole,
        },
    },
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_location, use_params_map};
use serde::{Deserialize, Serialize};

/// What the server answered, and to which question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Answer {
    query: MessagesQuery,
    /// How many changes had been made from here when it was asked.
    changes: u32,
    page: api::MessagesPage,
}

impl Answer {
    /// New data for the question that `last` answered, with the rows where they were: what the pointer or the focus is on
    /// stays in its place.
    fn in_order_of(mut self, last: &Self) -> Self {
        let fresh = std::mem::take(&mut self.page.rows);
        self.page.rows = in_place(&last.page.rows, fresh, |a, b| a.id == b.id, self.query.page.per.into());
        self
    }

    fn answers_as(&self, other: &Self) -> bool {
        self.query == other.query && self.changes == other.changes
    }
}

/// The old rows as they are now, then what is new, up to so many. What has gone stays as it was.
fn in_place<T: Clone>(old: &[T], mut fresh: Vec<T>, same: impl Fn(&T, &T) -> bool, most: usize) -> Vec<T> {
    let mut rows: Vec<T> = Vec::with_capacity(old.len());
    for row in old {
        let now = fresh.iter().position(|f| same(row, f));
        rows.push(now.map_or_else(|| row.clone(), |i| fresh.remove(i)));
    }
    let room = most.saturating_sub(rows.len());
    rows.extend(fresh.into_iter().take(room));
    rows
}

type Latest = Memo<Option<Result<Answer, AppError>>>;

#[component]
pub fn MessagesPage() -> impl IntoView {
    let params = use_params_map();
    let search = use_location().search;
    let toasts = use_toasts();
    let slug = Memo::new(move |_| params.with(|p| p.get("slug")).unwrap_or_default());
    let query = Memo::new(move |_| search.with(|s| MessagesQuery::parse(s.trim_start_matches('?'))));
    let answer = use_resource(
        move || (slug.get(), query.get(), toasts.track()),
        |(slug, query, changes)| async move {
            load_messages(slug, query.to_query()).await.map(|page| Answer { query, changes, page })
        },
    );
    let read = Callback::new(move |()| answer.refetch());
    follow(slug.into(), move || read.run(()));
    let loading = RwSignal::new(false);
    // The server sends no page that waits for something: only a page that stands can be busy.
    let stands = RwSignal::new(false);
    Effect::new(move |_| stands.set(true));
    let pending = Signal::derive(move || stands.get() && loading.get());
    // On the server nobody looks at it, and Leptos 0.8.23 keeps it with a task that panics when two threads meet in it.
    let set_pending: Option<SignalSetter<bool>> = (!cfg!(feature = "ssr")).then(|| loading.into());
    let waiting = || view! { <p class="muted loading" role="status">"Loading messages"</p> };
    view! {
        <Title text="Messages" />
        <Transition fallback=waiting nostrip:set_pending=set_pending>
            <Loaded answer query=query.into() pending read />
        </Transition>
    }
}

/// What stands on the page. New data is shown in the page that stands.
#[derive(Clone, PartialEq)]
enum Shown {
    Waiting,
    Rows,
    Error(AppError),
}

/// Whether trying again may help: what stands on the page can stay meanwhile.
fn is_passing(error: &AppError) -> bool {
    matches!(error, AppError::Transport(_) | AppError::Unavailable(_) | AppError::TooMany(_))
}

#[component]
fn Loaded(
    answer: PageResource<Answer>,
    query: Signal<MessagesQuery>,
    pending: Signal<bool>,
    read: Callback<()>,
) -> impl IntoView {
    // Read in here: the Transition waits for what is read below it.
    let latest = Memo::new(move |_| answer.try_get().flatten());
    let shown = Memo::new(move |before: Option<&Shown>| {
        let shown = latest.try_with(|latest| match latest {
            None => Shown::Waiting,
            Some(Ok(_)) => Shown::Rows,
            Some(Err(e)) if is_passing(e) && before == Some(&Shown::Rows) => Shown::Rows,
            Some(Err(e)) => Shown::Error(e.clone()),
        });
        shown.unwrap_or(Shown::Waiting)
    });
    let page = move || match shown.get() {
        Shown::Waiting => ().into_any(),
        Shown::Error(error) => view! { <ErrorPage error /> }.into_any(),
        Shown::Rows => match latest.get_untracked() {
            Some(Ok(first)) => view! { <Content latest first query pending read frame=use_frame() /> }.into_any(),
            _ => ().into_any(),
        },
    };
    Whole::new(move || drop(shown.try_read()), page)
}

#[component]
fn Content(
    latest: Latest,
    first: Answer,
    query: Signal<MessagesQuery>,
    pending: Signal<bool>,
    read: Callback<()>,
    frame: Frame,
) -> impl IntoView {
    // The pointer or the focus is on the rows: they keep their order meanwhile.
    let pointed = RwSignal::new(false);
    let focused = RwSignal::new(false);
    let answer = Memo::new(move |last: Option<&Answer>| {
        let held = pointed.get() || focused.get();
        match (latest.get().and_then(Result::ok), last) {
            (Some(new), Some(last)) if held && new.answers_as(last) => new.in_order_of(last),
            (Some(new), _) => new,
            (None, last) => last.cloned().unwrap_or_else(|| first.clone()),
        }
    });
    let trouble =
        Memo::new(move |_| latest.with(|l| l.as_ref().and_then(|l| l.as_ref().err().map(ToString::to_string))));
    let stats = Signal::derive(move || answer.with(|a| a.page.stats));
    let place = Signal::derive(move || answer.with(|a| a.page.place));
    let rows = Memo::new(move |_| answer.with(|a| a.page.rows.clone()));
    let none = Memo::new(move |_| rows.with(Vec::is_empty));
    let selection = frame.may(Role::Manager).then(|| use_selection(query));
    if let Some(selection) = selection {
        provide_context(selection);
    }
    let help = RwSignal::new(false);
    Effect::new(move |_| use_keys(Callback::new(move |()| help.set(true))));
    Effect::new(|_| place::come_back());
    let bar = selection.map(|selection| view! { <SelectionBar selection rows place query frame=frame.clone() /> });
    let ask = frame.may(Role::Operator).then(|| {
        view! {
            <a class="button button-primary" href=frame.href("customers")>
                "Request review"
            </a>
        }
    });
    let slug = frame.slug.clone();
    let own = frame.clone();
    let table = move || match none.get() {
        true => view! { <Nothing query=query.get() frame=own.clone() /> }.into_any(),
        false => view! { <MessageTable rows caption="Messages" frame=own.clone() query /> }.into_any(),
    };
    let pager = {
        let slug = slug.clone();
        move || (!none.get()).then(|| view! { <Pager place query slug=slug.clone() /> }.into_any())
    };
    view! {
        <div class="title-row">
            <h1 tabindex="-1">"Messages"</h1>
            <div class="title-actions">
                <button type="button" class="button button-quiet js-only" on:click=move |_| help.set(true)>
                    "Keyboard help"
                </button>
                {ask}
            </div>
        </div>
        <StatsBar stats query slug />
        <FilterBar query frame />
        {move || trouble.get().map(|sentence| view! { <Trouble sentence read /> }.into_any())}
        {bar}
        <div
            class="table-region"
            aria-busy=move || if pending.get() { "true" } else { "false" }
            on:mouseenter=move |_| pointed.set(true)
            on:mouseleave=move |_| pointed.set(false)
            on:focusin=move |_| focused.set(true)
            on:focusout=move |_| focused.set(false)
        >
            <div class="progress working" aria-hidden="true" hidden=move || !pending.get()></div>
            {table}
        </div>
        {pager}
        {move || help.get().then(|| view! { <Help on_close=Callback::new(move |()| help.set(false)) /> }.into_any())}
    }
}

/// What is ticked is of one filter; the other pages of it, and other orders, keep their ticks.
fn use_selection(query: Signal<MessagesQuery>) -> Selection {
    let selection = Selection::new();
    let filter = Memo::new(move |_| {
        query.with(|q| MessageFilter { sort: Sort::default(), dir: Direction::default(), ..q.filter.clone() })
    });
    Effect::new(move |before: Option<MessageFilter>| {
        let now = filter.get();
        if before.is_some_and(|b| b != now) {
            selection.clear();
        }
        now
    });
    selection
}

/// What is shown could not be read anew.
#[component]
fn Trouble(sentence: String, read: Callback<()>) -> impl IntoView {
    view! {
        <div class="notice notice-error" role="alert">
            <p>{sentence}</p>
            <p>"What you see may be out of date."</p>
            <button type="button" class="button" on:click=move |_| read.run(())>
                "Try again"
            </button>
        </div>
    }
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
                {if frame.may(Role::Operator) { "Choose a customer" } else { "Look at the customers" }}
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

#[cfg(test)]
mod tests {
    use super::in_place;

    #[test]
    fn rows_stay_where_they_are_and_what_is_new_comes_last() {
        let old = [(1, 'a'), (2, 'a'), (3, 'a')];
        let fresh = vec![(4, 'b'), (3, 'b'), (1, 'b')];
        let rows = |most| in_place(&old, fresh.clone(), |a, b| a.0 == b.0, most);
        assert_eq!(rows(50), [(1, 'b'), (2, 'a'), (3, 'b'), (4, 'b')]);
        assert_eq!(rows(3), [(1, 'b'), (2, 'a'), (3, 'b')]);
    }
}
