//! Needs attention: failures by cause, each until somebody has mended, resent or dismissed it. All of them are shown, however
//! old: what nobody has looked at does not mend itself with time, and one button dismisses a cause.

mod group;
mod resend_dialog;
mod reviews;
mod row;

use crate::{
    api::attention::{DismissCause, DismissMessage, SettleReview, load_attention},
    domain::{
        attention::{AttentionPage as Page, AttentionQuery, Cause, Group},
        message::Fix,
        project::Frame,
        role::Role,
    },
    ui::{
        frame::use_frame,
        hooks::{
            action::plain_refusal,
            address::{use_param, use_query_at},
            page_data::{PageData, page_view},
            resource::use_resource,
        },
        parts::{dialog::use_address_dialog, heading::PageHeading, trouble::Trouble},
    },
};
use group::GroupView;
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Title;
use resend_dialog::ResendDialog;
use reviews::LowReviews;

/// The data of the page, and the query that it answers.
type AttentionData = (AttentionQuery, Page);

/// The id of the one form that the Dismiss buttons of all rows belong to.
const DISMISS: &str = "dismiss";

#[component]
pub fn AttentionRoute() -> impl IntoView {
    let slug = use_param("slug");
    let path = Signal::derive(move || format!("/projects/{}/attention", slug.get()));
    let query = use_query_at(path, AttentionQuery::parse);
    let answer = use_resource(
        move || (slug.get(), query.get()),
        |(slug, query)| async move { load_attention(slug, query).await.map(|page| (query, page)) },
    );
    view! {
        <Title text="Needs attention" />
        {page_view(
            answer,
            |_| (),
            |(_, page)| page.version,
            move |page| view! { <AttentionPage page query frame=use_frame() /> }.into_any(),
        )}
    }
}

#[component]
fn AttentionPage(
    page: PageData<AttentionData>,
    /// What the address asks for now. The data may still answer another query.
    query: Memo<AttentionQuery>,
    frame: Frame,
) -> impl IntoView {
    let PageData { data, trouble, pending, read } = page;
    let is_pointed = RwSignal::new(false);
    let groups = use_groups(data, is_pointed);
    let one = Memo::new(move |_| data.with(|(query, _)| query.cause));
    let is_empty = Memo::new(move |_| {
        groups.with(|groups| groups.iter().all(|group| group.rows.is_empty()))
            && data.with(|(_, page)| page.paused.is_empty() && page.reviews.is_empty())
    });
    let are_awaited = move || {
        let shown = data.with(|(query, _)| AttentionQuery { asks: false, ..*query });
        pending.get() && AttentionQuery { asks: false, ..query.get() } != shown
    };
    let paused = {
        let frame = frame.clone();
        move || paused(data.with(|(_, page)| page.paused.clone()), &frame)
    };
    let back = {
        let href = AttentionQuery::default().href(&frame.slug);
        move || one.get().map(|_| view! { <a class="button" href=href.clone()>"All causes"</a> }.into_any())
    };
    let dialog =
        frame.may(Role::Manager).then(|| view! { <ResendDialogHost query data slug=frame.slug.clone() /> }.into_any());
    let slug = frame.slug.clone();
    view! {
        <div class="title-row">
            <PageHeading>"Needs attention"</PageHeading>
            <div class="title-actions">{back}</div>
        </div>
        <p class="muted attention-about">
            "Messages that failed and were neither resent nor dismissed, by cause, and reviews of 1 or 2 stars. They stay here until then, however old they are."
        </p>
        {refusals()}
        {dialog}
        <Trouble trouble read />
        <form id=DISMISS method="post" action=DismissMessage::PATH hidden>
            <input type="hidden" name="slug" value=slug />
        </form>
        {paused}
        <LowReviews data frame=frame.clone() />
        <div
            class="attention-groups"
            aria-busy=move || if are_awaited() { "true" } else { "false" }
            on:mouseenter=move |_| is_pointed.set(true)
            on:mouseleave=move |_| is_pointed.set(false)
        >
            <For each=move || groups.get() key=|group| group.cause let:group>
                <GroupView first=group groups data is_pointed frame=frame.clone() />
            </For>
        </div>
        {move || is_empty.get().then(|| nothing(one.get()))}
    }
}

/// While the pointer is on them, no group goes, so that no other moves beneath it.
fn use_groups(data: Memo<AttentionData>, is_pointed: RwSignal<bool>) -> Memo<Vec<Group>> {
    let standing = Memo::new(move |last: Option<&(AttentionQuery, Vec<Group>)>| {
        let (query, mut groups) = data.with(|(query, page)| (*query, page.groups.clone()));
        let is_same = |last: &&(AttentionQuery, Vec<Group>)| (last.0.cause, last.0.after) == (query.cause, query.after);
        if let Some((_, old)) = last.filter(is_same).filter(|_| is_pointed.get()) {
            let gone = old.iter().filter(|old| groups.iter().all(|group| group.cause != old.cause));
            let gone: Vec<Group> = gone.cloned().collect();
            groups.extend(gone);
            let order = Cause::all();
            groups.sort_by_key(|group| order.iter().position(|cause| *cause == group.cause));
        }
        (query, groups)
    });
    Memo::new(move |_| standing.with(|(_, groups)| groups.clone()))
}

/// Why the form without scripts that led here was refused.
fn refusals() -> Option<AnyView> {
    let error = plain_refusal::<DismissMessage>()
        .or_else(plain_refusal::<DismissCause>)
        .or_else(plain_refusal::<SettleReview>)?;
    Some(view! { <p class="notice notice-error" role="alert">{error.to_string()}</p> }.into_any())
}

/// The connections over which nothing is sent for now.
fn paused(sentences: Vec<String>, frame: &Frame) -> Option<AnyView> {
    if sentences.is_empty() {
        return None;
    }
    let connections = frame.may(Role::Operator).then(|| {
        let fix = Fix::OpenConnection;
        view! {
            <a class="button" href=frame.href("connections")>
                {fix.label()}
            </a>
        }
        .into_any()
    });
    let sentence = |sentence: String| view! { <p>{sentence}</p> };
    Some(
        view! {
            <section class="attention-group notice notice-error" aria-labelledby="paused-heading">
                <h2 id="paused-heading">"Paused connections"</h2>
                {sentences.into_iter().map(sentence).collect_view()} {connections}
            </section>
        }
        .into_any(),
    )
}

/// The dialog that the address opens, if any.
#[component]
fn ResendDialogHost(query: Memo<AttentionQuery>, data: Memo<AttentionData>, slug: String) -> impl IntoView {
    let asked = Memo::new(move |_| query.with(|query| query.cause.filter(|_| query.asks)));
    use_address_dialog(Signal::derive(move || asked.get().is_some()));
    let href = slug.clone();
    let back = Signal::derive(move || AttentionQuery { asks: false, ..query.get() }.href(&href));
    let outcome = Memo::new(move |_| data.with(|(_, page)| page.resend.clone()));
    move || asked.get().map(|cause| view! { <ResendDialog cause outcome slug=slug.clone() back /> }.into_any())
}

fn nothing(cause: Option<Cause>) -> AnyView {
    let (title, sentence) = match cause {
        Some(_) => ("Nothing of this kind is left", "Its messages were sent again, dismissed or deleted."),
        None => (
            "Nothing needs attention",
            "Messages that fail, connections that are paused and reviews of 1 or 2 stars appear here.",
        ),
    };
    view! {
        <div class="empty">
            <h2>{title}</h2>
            <p>{sentence}</p>
        </div>
    }
    .into_any()
}
