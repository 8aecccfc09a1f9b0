//! The failed messages of one cause: why, what to do about it, and the newest of them.

use super::{AttentionData, row::AttentionRow};
use crate::{
    api::attention::DismissCause,
    domain::{
        attention::{AttentionQuery, COUNTED_MOST, Group, up_to},
        message::{Action, Fix},
        project::Frame,
        role::Role,
    },
    ui::{
        hooks::focus::RowFocus,
        messages::{
            rows::{Fresh, use_rows},
            steering::{Change, use_steering},
        },
    },
};
use leptos::{ev, prelude::*, server_fn::ServerFn};

/// `first` is the group when its section is made. Its later data is in `groups`.
#[component]
pub fn GroupView(
    first: Group,
    groups: Memo<Vec<Group>>,
    data: Memo<AttentionData>,
    is_pointed: RwSignal<bool>,
    frame: Frame,
) -> impl IntoView {
    let cause = first.cause;
    let group = Memo::new(move |_| {
        groups.with(|groups| groups.iter().find(|group| group.cause == cause).cloned()).unwrap_or_else(|| first.clone())
    });
    let fresh = Signal::derive(move || {
        let (key, version) = data.with(|(query, page)| ((query.cause, query.after), page.version));
        let rows = data.with(|(_, page)| page.groups.iter().find(|group| group.cause == cause).cloned());
        let rows = rows.map(|group| group.rows).unwrap_or_default();
        Fresh { key, version, rows, most: usize::MAX }
    });
    let rows = use_rows(fresh, is_pointed.into());
    // Those that the server still lists; the others stay while the pointer is on them.
    let listed = Memo::new(move |_| fresh.with(|fresh| fresh.rows.iter().map(|row| row.id).collect::<Vec<_>>()));
    let readdressed = Memo::new(move |_| group.with(|group| group.readdressed.clone()));
    let count = Memo::new(move |_| group.with(|group| group.count));
    let focus = RowFocus::new(move || rows.track());
    let heading = format!("cause-{cause}");
    let reason = cause.code.reason(cause.channel);
    let tools = tools(&group.get_untracked(), count, &frame);
    let more = {
        let slug = frame.slug.clone();
        move || group.with(|group| group.next.map(|next| more(next, group, &slug)))
    };
    let frame = StoredValue::new(frame);
    view! {
        <section class="attention-group" aria-labelledby=heading.clone()>
            <div class="section-head">
                <h2 id=heading.clone()>{reason}</h2>
                <p class="muted">
                    {move || format!("{} · {}", cause.channel.name(), up_to(COUNTED_MOST, count.get()))}
                </p>
                {tools}
            </div>
            <p class="attention-advice">{cause.code.advice(cause.channel)}</p>
            <div class="table-wrap">
                <table class="table attention-table">
                    <caption class="visually-hidden">{format!("{reason}, {}", cause.channel.name())}</caption>
                    <colgroup>
                        <col /> <col class="col-message" /> <col class="col-since" /> <col class="col-tools" />
                    </colgroup>
                    <thead>
                        <tr>
                            <th scope="col">"Customer"</th>
                            <th scope="col">"Message"</th>
                            <th scope="col">"Failed"</th>
                            <th scope="col">"Actions"</th>
                        </tr>
                    </thead>
                    <tbody on:focusin=move |event| focus.entered(&event) on:focusout=move |_| focus.left()>
                        <For each=move || rows.get() key=|row| row.id let:row>
                            <AttentionRow first=row rows listed readdressed frame />
                        </For>
                    </tbody>
                </table>
            </div>
            {more}
        </section>
    }
}

/// What can be done with all of them.
fn tools(first: &Group, count: Memo<u32>, frame: &Frame) -> AnyView {
    let cause = first.cause;
    let fix = cause.code.fix(cause.channel);
    let connections = (fix == Fix::OpenConnection && frame.may(Role::Operator)).then(|| {
        view! {
            <a class="button" href=frame.href("connections")>
                {fix.label()}
            </a>
        }
        .into_any()
    });
    let resend =
        (frame.may(Role::Manager) && first.rows.first().is_some_and(|row| row.may(Action::Resend))).then(|| {
            let href = AttentionQuery { asks: true, ..AttentionQuery::of(cause) }.href(&frame.slug);
            view! {
                <a class="button" href=href data-noscroll="">
                    "Resend all"
                </a>
            }
            .into_any()
        });
    let steering = use_steering();
    let dismiss = frame.may(Role::Manager).then(|| {
        let dismiss = move |event: ev::SubmitEvent| {
            event.prevent_default();
            steering.run(Change::DismissCause(cause));
        };
        view! {
            <form method="post" action=DismissCause::PATH on:submit=dismiss>
                <input type="hidden" name="slug" value=frame.slug.clone() />
                <input type="hidden" name="cause" value=cause.to_string() />
                <button class="button" type="submit">
                    "Dismiss all"
                </button>
            </form>
        }
        .into_any()
    });
    let is_one = move || count.get() < 2;
    view! {
        <div class="attention-tools">
            {connections}
            <div class="attention-all" hidden=is_one>
                {resend}
                {dismiss}
            </div>
        </div>
    }
    .into_any()
}

/// The way to the rows that follow.
fn more(next: AttentionQuery, group: &Group, slug: &str) -> AnyView {
    let label = match next.after {
        Some(_) => "Show older".to_owned(),
        None => format!("Show all {}", up_to(COUNTED_MOST, group.count)),
    };
    view! {
        <p class="attention-more">
            <a class="link-button" href=next.href(slug)>
                {label}
                <span class="visually-hidden">
                    {format!(": {}, {}", group.cause.code.reason(group.cause.channel), group.cause.channel.name())}
                </span>
            </a>
        </p>
    }
    .into_any()
}
