//! One bulk action: what it does, how far it is, and what became of its messages.

use crate::{
    api::{
        bulk::{StopBulk, load_bulk_action},
        messages::UndoCancel,
    },
    domain::{
        AppError, BulkId,
        bulk::{
            BulkKind,
            record::{BulkQuery, BulkRecord, BulkRecordPage as Page, ROWS_KEPT_DAYS},
        },
        project::Frame,
        role::Role,
        stats::{count, thousands},
    },
    ui::{
        frame::use_frame,
        hooks::{
            action::{FormAction, FormFunction},
            address::use_param,
            effect::effect,
            focus,
            page_data::{PageData, page_view},
            resource::use_resource,
        },
        messages::steering::use_steering,
        parts::{
            field::FormNotice,
            heading::PageHeading,
            submit_button::{PLAIN, SubmitButton},
            time::Time,
            trouble::Trouble,
        },
    },
};
use leptos::{form::ActionForm, prelude::*};
use leptos_meta::Title;

#[component]
pub fn BulkRecordRoute() -> impl IntoView {
    let (slug, id) = (use_param("slug"), use_param("bulk"));
    let page = use_resource(
        move || (slug.get(), id.get()),
        |(slug, id)| async move {
            let id: BulkId = id.parse().map_err(|_| AppError::no_such("bulk action"))?;
            load_bulk_action(slug, id).await
        },
    );
    view! {
        <Title text="Bulk action" />
        {page_view(
            page,
            |page| page.record.id,
            |page| page.version,
            |page| view! { <RecordPage page frame=use_frame() /> }.into_any(),
        )}
    }
}

const HEADING: &str = "bulk-heading";

#[component]
fn RecordPage(page: PageData<Page>, frame: Frame) -> impl IntoView {
    let PageData { data, trouble, read, .. } = page;
    let record = Memo::new(move |_| data.with(|page| page.record.clone()));
    let first = record.get_untracked();
    let state = Memo::new(move |_| record.with(|record| record.state));
    // The button that had the focus goes when the action is stopped or undone.
    effect(move |was: Option<_>| {
        let is = state.get();
        if was.is_some_and(|was| was != is)
            && focus::is_lost()
            && let Some(heading) = focus::by_id(HEADING)
        {
            focus::without_scrolling(&heading);
        }
        is
    });
    let all = BulkQuery::default().href(&frame.slug);
    view! {
        <div class="title-row">
            <PageHeading>"Bulk action"</PageHeading>
            <div class="title-actions">
                <a class="button" href=all>
                    "All bulk actions"
                </a>
            </div>
        </div>
        <Trouble trouble read />
        <div class="import">
            <h2 id=HEADING tabindex="-1">
                {first.kind.name()}
            </h2>
            <p class="visually-hidden" role="status">
                {move || record.with(|record| if record.state.is_open() { String::new() } else { record.standing() })}
            </p>
            <About record=first frame=frame.clone() />
            <section class="card import-card" aria-labelledby=HEADING>
                <Progress record />
                <Numbers record />
                <Reasons record />
                <Buttons record frame />
            </section>
        </div>
    }
}

/// What was asked for, by whom, when, and for which messages.
#[component]
fn About(record: BulkRecord, frame: Frame) -> impl IntoView {
    let details = record.details(frame.today).join(", ");
    let which = which(&record, &frame);
    let reason = (!record.reason.is_empty()).then(|| view! { <p>"Reason: " {record.reason.clone()}</p> }.into_any());
    view! {
        <p>
            {record.by.clone()} ", " <Time at=record.at today=frame.today />
            {(!details.is_empty()).then(|| format!(": {details}"))} ". " {which}
        </p>
        {reason}
    }
}

/// Which messages it is about.
fn which(record: &BulkRecord, frame: &Frame) -> String {
    let Some(filter) = &record.filter else { return "Ticked messages.".to_owned() };
    let chips = filter.chips(|id| frame.location_name(id));
    let words: Vec<String> = chips.into_iter().map(|chip| format!("{}: {}", chip.label, chip.value)).collect();
    let all = match words.is_empty() {
        true => "All messages of the project".to_owned(),
        false => format!("All that match {}", words.join(", ")),
    };
    match record.left_out {
        0 => format!("{all}."),
        n => format!("{all}, but {} that {} left out.", thousands(n.into()), if n == 1 { "was" } else { "were" }),
    }
}

#[component]
fn Progress(record: Memo<BulkRecord>) -> impl IntoView {
    let is_open = Memo::new(move |_| record.with(|record| record.state.is_open()));
    let bar = move || {
        is_open.get().then(|| {
            view! {
                <progress
                    class="import-bar"
                    max=move || record.with(|record| record.total.max(1))
                    value=move || record.with(BulkRecord::worked)
                    aria-label="Messages that are worked on"
                ></progress>
            }
            .into_any()
        })
    };
    let hint = move || {
        is_open.get().then(|| {
            view! {
                <p class="muted">
                    "You can leave this page: it goes on, also after a restart of the server."
                </p>
            }
            .into_any()
        })
    };
    let stopped =
        move || record.with(|record| record.stopped).map(|cause| view! { <p>{cause.sentence()}</p> }.into_any());
    view! {
        {bar}
        <p class="import-words">{move || record.with(BulkRecord::standing)} ". " {move || record.with(BulkRecord::result)}</p>
        {stopped}
        {hint}
    }
}

#[component]
fn Numbers(record: Memo<BulkRecord>) -> impl IntoView {
    let number = |name: &'static str, of: fn(&BulkRecord) -> u64| {
        let n = Memo::new(move |_| record.with(of));
        view! {
            <div>
                <dt>{name}</dt>
                <dd>{move || thousands(n.get())}</dd>
            </div>
        }
    };
    let did = record.with_untracked(|record| record.kind.did());
    view! {
        <dl class="import-numbers">
            {number("Messages", |record| record.total)} {number(did, |record| record.outcome.done)}
            {number("Skipped", |record| record.outcome.skipped_total())} {number("Left", BulkRecord::left)}
        </dl>
    }
}

/// Why messages were skipped.
#[component]
fn Reasons(record: Memo<BulkRecord>) -> impl IntoView {
    let skipped = Memo::new(move |_| record.with(|record| record.outcome.skipped.clone()));
    let one = |(skip, n): (crate::domain::bulk::Skip, u64)| view! { <li>{format!("{} {}", thousands(n), skip.reason())}</li> };
    move || {
        let all = skipped.get();
        (!all.is_empty()).then(|| {
            let n = all.iter().map(|(_, n)| n).sum();
            view! {
                <div>
                    <h3>{format!("Why {} skipped", were(n))}</h3>
                    <ul>{all.into_iter().map(one).collect_view()}</ul>
                </div>
            }
            .into_any()
        })
    }
}

fn were(n: u64) -> String {
    format!("{} {}", count(n, "message"), if n == 1 { "was" } else { "were" })
}

#[component]
fn Buttons(record: Memo<BulkRecord>, frame: Frame) -> impl IntoView {
    let may = frame.may(Role::Manager);
    let here = record.with_untracked(|record| record.href(&frame.slug));
    let file = record.with_untracked(|record| record.rows_href(&frame.slug));
    let frame = StoredValue::new(frame);
    let is_open = Memo::new(move |_| record.with(|record| record.state.is_open()));
    let may_stop = Memo::new(move |_| may && record.with(|record| record.may_stop()));
    let may_undo = Memo::new(move |_| may && record.with(BulkRecord::may_undo));
    let has_rows = Memo::new(move |_| may && record.with(|record| record.has_rows));
    let stop = page_action::<StopBulk>(&frame.with_value(|frame| frame.slug.clone()));
    let undo = page_action::<UndoCancel>(&frame.with_value(|frame| frame.slug.clone()));
    let id = record.with_untracked(|record| record.id);
    let only_canceled = record
        .with_untracked(|record| record.kind == BulkKind::Cancel && record.filter.is_some())
        .then_some(" The file has the canceled messages; the others are only counted.");
    view! {
        <FormNotice error=stop.refusal() />
        <FormNotice error=undo.refusal() />
        <div class="import-actions">
            {move || {
                is_open.get().then(|| view! { <a class="button no-js-only" href=here.clone()>"Refresh"</a> }.into_any())
            }}
            {move || {
                let slug = frame.with_value(|frame| frame.slug.clone());
                may_stop
                    .get()
                    .then(|| {
                        view! {
                            <ActionForm action=stop>
                                <input type="hidden" name="slug" value=slug />
                                <input type="hidden" name="id" value=id.to_string() />
                                <SubmitButton label="Stop" class=PLAIN pending=stop.pending() />
                            </ActionForm>
                        }
                            .into_any()
                    })
            }}
            {move || {
                let slug = frame.with_value(|frame| frame.slug.clone());
                may_undo
                    .get()
                    .then(|| {
                        view! {
                            <ActionForm action=undo>
                                <input type="hidden" name="slug" value=slug />
                                <input type="hidden" name="batch" value=id.to_string() />
                                <SubmitButton label="Undo" class=PLAIN pending=undo.pending() />
                            </ActionForm>
                        }
                            .into_any()
                    })
            }}
            {move || {
                has_rows
                    .get()
                    .then(|| {
                        view! {
                            <a class="button" href=file.clone() download="" rel="external">
                                "Download each message as CSV"
                            </a>
                        }
                            .into_any()
                    })
            }}
        </div>
        <p class="muted">{format!("What became of each message is kept for {ROWS_KEPT_DAYS} days.")} {only_canceled}</p>
    }
}

/// An action of this page, which says what it did; the page reads its data again.
fn page_action<S: FormFunction>(slug: &str) -> ServerAction<S> {
    let action = ServerAction::<S>::new();
    let steering = use_steering();
    let slug = slug.to_owned();
    action.on_done(move |done| steering.done(&slug, done));
    action
}
