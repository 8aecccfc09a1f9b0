//! The frame around every page of a project: the sidebar, and the toasts.

pub mod theme;

use self::theme::ThemeChoice;
use super::{
    hooks::{
        action::plain_refusal,
        address::use_param,
        changing::changing,
        focus,
        live::{provide_live, use_live},
        resource::use_resource,
    },
    messages::{
        fix::{RESEND, ResendForm},
        saved_views::{provide_saved_views, use_saved_views},
        steering::{Change, provide_steering},
    },
    pages::not_found::ErrorPage,
    palette::{PaletteButton, PaletteHost},
    parts::{
        icon::Icon,
        toast::{Offer, Offered, ToastRegion, use_toasts},
        whole::Whole,
    },
};
use crate::{
    api::{
        messages::{ResendMessage, UndoCancel},
        session::{SignOut, load_frame},
    },
    domain::{
        attention::{SHOWN_MOST, up_to},
        bulk,
        done::Done,
        project::{Alert, Frame, ProjectLink},
    },
};
use leptos::{ev, html, prelude::*, server_fn::ServerFn, web_sys::Element};
use leptos_router::{components::Outlet, hooks::use_location};

#[derive(Clone, Copy)]
struct Current(StoredValue<Option<Frame>>);

/// The project whose page is shown.
pub fn use_frame() -> Frame {
    let Current(frame) = expect_context();
    frame.get_value().unwrap_or_else(Frame::unknown)
}

#[component]
pub fn ProjectFrame() -> impl IntoView {
    let slug = use_param("slug");
    let current = Current(StoredValue::new(None));
    provide_context(current);
    let live = provide_live(slug);
    let steering = provide_steering(slug, use_toasts(), live);
    let views = provide_saved_views();
    let palette = RwSignal::new(false);
    let frame = use_resource(move || slug.get(), load_frame);
    let page = move || {
        frame.get().flatten().map(|frame| match frame {
            Ok(frame) => {
                current.0.set_value(Some(frame.clone()));
                views.0.set(frame.views.clone());
                let shown = frame.alerts.clone();
                let alerts = Memo::new(move |_| live.alerts().unwrap_or_else(|| shown.clone()));
                view! {
                    // The router follows the link, and leaves the focus where it is.
                    <a class="skip-link" href="#content" on:click=|_| focus::to_content()>
                        "Skip to content"
                    </a>
                    <div class="shell">
                        <Sidebar frame=frame.clone() alerts palette />
                        <main class="content" id="content" tabindex="-1">
                            <Alerts alerts slug=frame.slug.clone() />
                            <ResendForm slug=frame.slug.clone() />
                            <Notice frame=frame.clone() />
                            <Outlet />
                        </main>
                    </div>
                    <PaletteHost is_open=palette frame />
                }
                .into_any()
            }
            Err(error) => view! {
                <main class="content" id="content" tabindex="-1">
                    <ErrorPage error />
                </main>
            }
            .into_any(),
        })
    };
    let take = Callback::new(move |Offer { slug, what }: Offer| {
        let change = match what {
            Offered::Undo(batch) => Change::UndoCancel(batch),
            Offered::Resend(id) => Change::Resend(id),
        };
        steering.run_in(slug, change);
    });
    view! {
        <Suspense>{Whole::around_others(move || drop(frame.try_read()), page)}</Suspense>
        <ToastRegion on_offer=take />
    }
}

/// What holds up sending. The region is there before anything stands in it: what comes is read out once, politely, and what a page
/// begins with is not.
#[component]
fn Alerts(alerts: Memo<Vec<Alert>>, slug: String) -> impl IntoView {
    let alert = move |Alert { sentence, is_wanted, page }: Alert| {
        let (class, icon) = if is_wanted { ("notice", "info") } else { ("notice notice-error", "failed") };
        let way = match page.as_str() {
            "connections" => "Open Connections",
            _ => "Open Settings",
        };
        let link = (!page.is_empty()).then(|| view! { <a href=format!("/projects/{slug}/{page}")>{way}</a> });
        view! {
            <p class=class>
                <Icon name=icon />
                <span>{sentence} " " {link}</span>
            </p>
        }
        .into_any()
    };
    view! {
        <div class="alerts" id=ALERTS role="status">
            {changing(move || alerts.get().into_iter().map(&alert).collect_view().into_any())}
        </div>
    }
}

const ALERTS: &str = "alerts";

/// Leads to what disturbs sending, from wherever the page stands.
#[component]
fn AlertMark(alerts: Memo<Vec<Alert>>) -> impl IntoView {
    let number = Memo::new(move |_| alerts.with(Vec::len));
    changing(move || {
        let words = match number.get() {
            0 => return None,
            1 => "1 alert".to_owned(),
            n => format!("{n} alerts"),
        };
        let mark = view! {
            <a class="alert-mark" href=format!("#{ALERTS}")>
                <Icon name="failed" />
                {words}
            </a>
        };
        Some(mark.into_any())
    })
}

/// Says what the form that led here did, with its Undo or the next step, or why that was refused. Without scripts it takes the
/// place of the toasts.
#[component]
fn Notice(frame: Frame) -> impl IntoView {
    let path = use_location().pathname;
    let here = path.get_untracked();
    let refused = plain_refusal::<UndoCancel>()
        .map(|error| view! { <p class="notice notice-error" role="alert">{error.to_string()}</p> }.into_any());
    // The page of one message has a form of its own, which says it.
    let is_message = here.contains("/messages/");
    let not_resent = plain_refusal::<ResendMessage>()
        .filter(|_| !is_message)
        .map(|error| view! { <p class="notice notice-error" role="alert">{error.to_string()}</p> }.into_any());
    let slug = frame.slug;
    let details_slug = slug.clone();
    let notice = frame.notice.map(|done: Done| {
        let resend = done.resend.map(|id| {
            view! {
                <button class="link-button" type="submit" form=RESEND name="id" value=id.to_string()>
                    "Resend message"
                </button>
            }
        });
        let undo = done.undo.map(|batch| {
            view! {
                <form method="post" action=UndoCancel::PATH>
                    <input type="hidden" name="slug" value=slug />
                    <input type="hidden" name="batch" value=batch.to_string() />
                    <button class="link-button" type="submit">
                        "Undo"
                    </button>
                </form>
            }
        });
        let details = done.bulk.map(|id| view! { <a href=bulk::record::href(&details_slug, id)>"Details"</a> });
        view! {
            <div class="notice" role="status" hidden=changing(move || path.get() != here)>
                <p>{done.sentence}</p>
                {undo}
                {resend}
                {details}
            </div>
        }
        .into_any()
    });
    view! {
        {refused}
        {not_resent}
        {notice}
    }
}

/// In a small window it is a popover that the button in the top bar opens, without scripts too.
#[component]
fn Sidebar(
    frame: Frame,
    alerts: Memo<Vec<Alert>>,
    /// Whether the command palette is open.
    palette: RwSignal<bool>,
) -> impl IntoView {
    let path = use_location().pathname;
    let body = NodeRef::<html::Div>::new();
    let first = frame.attention;
    let live = use_live();
    let attention = Memo::new(move |_| live.and_then(|live| live.attention()).unwrap_or(first));
    let number = changing(move || {
        (attention.get() > 0)
            .then(|| view! { <span class="nav-number">{up_to(SHOWN_MOST, attention.get())}</span> }.into_any())
    });
    let views = use_saved_views();
    let numbered = |rest: &'static str, icon: &'static str, label: &'static str, number: Option<AnyView>| {
        let here = frame.href(rest);
        let slug = frame.slug.clone();
        let page = here.clone();
        let href = changing(move || if rest == "messages" { views.messages_href(&slug) } else { page.clone() });
        view! {
            <li>
                <a
                    class="nav-link"
                    href=href
                    aria-current=changing(move || path.with(|path| path.starts_with(&here)).then_some("page"))
                >
                    <Icon name=icon />
                    {label}
                    {number}
                </a>
            </li>
        }
    };
    let link = |rest, icon, label| numbered(rest, icon, label, None);
    // A full load, so that nothing of one project stays in the memory of another's pages.
    let other = |project: &ProjectLink| {
        view! {
            <li>
                <a href=format!("/projects/{}/messages", project.slug) rel="external">
                    {project.name.clone()}
                </a>
            </li>
        }
        .into_any()
    };
    let others = frame.projects.iter().filter(|project| project.slug != frame.slug).map(other).collect_view();
    let switcher = (frame.projects.len() > 1).then(|| {
        view! {
            <ul class="project-switch" aria-label="Other projects">
                {others}
            </ul>
        }
    });
    view! {
        <header class="sidebar">
            <div class="topbar">
                <button type="button" class="icon-button" popovertarget=SIDEBAR aria-label="Menu">
                    <Icon name="menu" />
                </button>
                <span>{frame.project_name.clone()}</span>
                <AlertMark alerts />
            </div>
            <div
                class="sidebar-body"
                id=SIDEBAR
                popover="auto"
                node_ref=body
                on:click=move |event| close_on_link(event, body)
            >
                <div class="sidebar-head">
                    <strong>{frame.project_name.clone()}</strong>
                    <AlertMark alerts />
                    {switcher}
                    <PaletteButton is_open=palette />
                </div>
                <nav class="nav" aria-label="Project">
                    <ul>
                        {link("messages", "messages", "Messages")} {link("customers", "customers", "Customers")}
                        {numbered("attention", "failed", "Needs attention", Some(number.into_any()))}
                        {link("strategy", "strategy", "Strategy")}
                        {link("templates", "edit", "Templates")}
                        {link("connections", "connections", "Connections")}
                        {link("suppressed", "suppressed", "Suppressed")}
                        {frame.demo.then(|| link("outbox", "outbox", "Outbox"))}
                        {link("settings", "settings", "Settings")}
                    </ul>
                </nav>
                <div class="sidebar-foot">
                    <ThemeChoice />
                    <p>
                        <a href=frame.href("account")>{frame.user_name.clone()}</a>
                        <span class="muted">{frame.role.name()}</span>
                    </p>
                    // A full load, so that nothing that was shown stays in the memory of the page.
                    <form method="post" action=SignOut::PATH>
                        <button class="button button-quiet" type="submit">
                            <Icon name="sign-out" />
                            "Sign out"
                        </button>
                    </form>
                </div>
            </div>
        </header>
    }
}

const SIDEBAR: &str = "sidebar";

/// Closes the popover when the router follows a link: nothing else would.
fn close_on_link(event: ev::MouseEvent, body: NodeRef<html::Div>) {
    let target: Element = event_target(&event);
    if let (Ok(Some(_)), Some(body)) = (target.closest("a"), body.get_untracked())
        && body.matches(":popover-open").unwrap_or(false)
    {
        focus::call(&body, "hidePopover");
    }
}
