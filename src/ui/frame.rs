//! What stands around every page of a project: the sidebar, and at the bottom what was just done.

use super::{
    hooks::{arrival::use_arrival, focus, resource::use_resource},
    pages::not_found::ErrorPage,
    parts::{
        icon::Icon,
        toast::{ToastRegion, use_toasts},
        whole::Whole,
    },
};
use crate::{
    api::{
        messages::UndoCancel,
        session::{SignOut, load_frame, load_notice},
    },
    domain::{
        customer::Done,
        project::{Frame, ProjectLink},
    },
};
use leptos::{ev, prelude::*, server_fn::ServerFn};
use leptos_router::{
    components::Outlet,
    hooks::{use_location, use_params_map},
};
use web_sys::Element;

#[derive(Clone, Copy)]
struct Current(StoredValue<Option<Frame>>);

/// Of the project in whose pages we are.
pub fn use_frame() -> Frame {
    let Current(frame) = expect_context();
    frame.get_value().unwrap_or_else(Frame::unknown)
}

#[component]
pub fn ProjectFrame() -> impl IntoView {
    let params = use_params_map();
    let slug = Memo::new(move |_| params.with(|p| p.get("slug")).unwrap_or_default());
    let current = Current(StoredValue::new(None));
    provide_context(current);
    let toasts = use_toasts();
    use_arrival();
    let frame = use_resource(move || slug.get(), load_frame);
    // What a form without scripts did; asked for on the server alone, where the cookie is read.
    let notice = use_resource(|| (), |()| load_notice());
    let page = move || {
        let (frame, notice) = (frame.get()?, notice.get()?);
        Some(match frame {
            Ok(frame) => {
                toasts.enter(&frame.slug);
                current.0.set_value(Some(frame.clone()));
                let slug = frame.slug.clone();
                let notice = notice.ok().flatten();
                view! {
                    // The router takes the link, and leaves the focus where it is.
                    <a class="skip-link" href="#content" on:click=|_| focus::to_content()>
                        "Skip to content"
                    </a>
                    <div class="shell">
                        <Sidebar frame />
                        <main class="content" id="content" tabindex="-1">
                            {notice.map(|done| view! { <Notice done slug /> })}
                            <Outlet />
                        </main>
                    </div>
                }
                .into_any()
            }
            Err(error) => view! {
                <main class="content" id="content">
                    <ErrorPage error />
                </main>
            }
            .into_any(),
        })
    };
    let wait = move || {
        let _ = (frame.try_read(), notice.try_read());
    };
    view! {
        <Suspense>{Whole::new(wait, page)}</Suspense>
        <ToastRegion />
    }
}

/// What the form that led here did, with its Undo: where scripts do not run, it takes the toasts' place.
#[component]
fn Notice(done: Done, slug: String) -> impl IntoView {
    let path = use_location().pathname;
    let here = path.get_untracked();
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
    view! {
        <div class="notice" role="status" hidden=move || path.get() != here>
            <p>{done.sentence}</p>
            {undo}
        </div>
    }
}

/// Where the window is small it is a popover, opened by the button in the top bar; that needs no scripts.
#[component]
fn Sidebar(frame: Frame) -> impl IntoView {
    let path = use_location().pathname;
    let link = |rest: &'static str, icon: &'static str, label: &'static str| {
        let href = frame.href(rest);
        let here = href.clone();
        view! {
            <li>
                <a
                    class="nav-link"
                    href=href
                    aria-current=move || path.with(|p| p.starts_with(&here)).then_some("page")
                >
                    <Icon name=icon />
                    {label}
                </a>
            </li>
        }
    };
    let other = |p: &ProjectLink| {
        view! {
            <li>
                <a href=format!("/projects/{}/messages", p.slug)>{p.name.clone()}</a>
            </li>
        }
    };
    let others = frame.projects.iter().filter(|p| p.slug != frame.slug).map(other).collect_view();
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
            </div>
            <div class="sidebar-body" id=SIDEBAR popover="auto" on:click=close_on_link>
                <div class="sidebar-head">
                    <strong>{frame.project_name.clone()}</strong>
                    {switcher}
                </div>
                <nav class="nav" aria-label="Project">
                    <ul>
                        {link("messages", "messages", "Messages")} {link("customers", "customers", "Customers")}
                        {frame.demo.then(|| link("outbox", "outbox", "Outbox"))}
                    </ul>
                </nav>
                <div class="sidebar-foot">
                    <ThemeSwitch />
                    <p>
                        <span>{frame.user_name.clone()}</span>
                        <span class="muted">{frame.role.name()}</span>
                    </p>
                    // A load of its own: nothing of what was shown stays in the browser.
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

/// The router follows the link without a load: nothing else closes the popover.
fn close_on_link(e: ev::MouseEvent) {
    let target: Element = event_target(&e);
    let body = document().get_element_by_id(SIDEBAR);
    if let (Ok(Some(_)), Some(body)) = (target.closest("a"), body)
        && body.matches(":popover-open").unwrap_or(false)
    {
        focus::call(&body, "hidePopover");
    }
}

/// Light, dark, or as the system has it; remembered in a cookie, so that the server sends the page in it.
#[component]
fn ThemeSwitch() -> impl IntoView {
    let switch = move |_| {
        let Some(root) = document().document_element() else { return };
        let dark_now = match root.get_attribute("data-theme").as_deref() {
            Some(theme) => theme == "dark",
            None => window().match_media("(prefers-color-scheme: dark)").ok().flatten().is_some_and(|m| m.matches()),
        };
        let theme = if dark_now { "light" } else { "dark" };
        let _ = root.set_attribute("data-theme", theme);
        crate::app::remember_theme(theme);
    };
    view! {
        <button type="button" class="button button-quiet theme-switch" on:click=switch>
            <Icon name="moon" />
            "Light or dark"
        </button>
    }
}
