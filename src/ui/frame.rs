//! What stands around every page of a project: the sidebar, and at the top what a form did that was sent without scripts.

use super::{
    pages::not_found::ErrorPage,
    parts::{icon::Icon, post::Post},
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
use leptos::{either::Either, prelude::*, server_fn::ServerFn};
use leptos_router::{
    components::Outlet,
    hooks::{use_location, use_params_map},
};

#[derive(Clone, Copy)]
struct Current(StoredValue<Option<Frame>>);

/// Of the project in whose pages we are.
pub fn use_frame() -> Frame {
    let Current(frame) = expect_context();
    frame.get_value().unwrap_or_else(Frame::unknown)
}

#[component]
pub fn ProjectFrame() -> impl IntoView {
    let slug = use_params_map().with_untracked(|p| p.get("slug")).unwrap_or_default();
    let current = Current(StoredValue::new(None));
    provide_context(current);
    Suspend::new(async move {
        match load_frame(slug).await {
            Ok(frame) => {
                let notice = load_notice().await.ok().flatten().map(|done| notice(done, &frame.slug));
                let sidebar = sidebar(&frame);
                current.0.set_value(Some(frame));
                Either::Left(view! {
                    <a class="skip-link" href="#content">
                        "Skip to content"
                    </a>
                    <div class="shell">
                        {sidebar}
                        <main class="content" id="content" tabindex="-1">
                            {notice}
                            <Outlet />
                        </main>
                    </div>
                })
            }
            Err(error) => Either::Right(view! {
                <main class="content" id="content" tabindex="-1">
                    <ErrorPage error />
                </main>
            }),
        }
    })
}

/// With its Undo: where scripts do not run, it takes the toasts' place.
fn notice(done: Done, slug: &str) -> impl IntoView + use<> {
    let undo = done.undo.map(|batch| {
        let post = Post::to::<UndoCancel>();
        view! {
            <form method="post" action=post.path>
                <input type="hidden" name="slug" value=slug.to_owned() />
                <input type="hidden" name="batch" value=batch.to_string() />
                <button class="link-button" type="submit">
                    "Undo"
                </button>
            </form>
        }
    });
    view! {
        <div class="notice" role="status">
            <p>{done.sentence}</p>
            {undo}
        </div>
    }
}

/// Where the window is small it is a popover, opened by the button in the top bar; that needs no scripts.
fn sidebar(frame: &Frame) -> impl IntoView + use<> {
    let here = use_location().pathname.get_untracked();
    let link = |rest: &'static str, icon: &'static str, label: &'static str| {
        let href = frame.href(rest);
        let current = here.starts_with(&href).then_some("page");
        view! {
            <li>
                <a class="nav-link" href=href aria-current=current>
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
                <button type="button" class="icon-button" popovertarget="sidebar" aria-label="Menu">
                    <Icon name="menu" />
                </button>
                <span>{frame.project_name.clone()}</span>
            </div>
            <div class="sidebar-body" id="sidebar" popover="auto">
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
                    // `enhance/theme.rs` switches it.
                    <button type="button" class="button button-quiet theme-switch">
                        <Icon name="moon" />
                        "Light or dark"
                    </button>
                    <p>
                        <span>{frame.user_name.clone()}</span>
                        <span class="muted">{frame.role.name()}</span>
                    </p>
                    // A load of its own: nothing of what was shown stays in the browser.
                    <form method="post" action=SignOut::PATH data-plain="">
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
