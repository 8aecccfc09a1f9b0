//! The saved views of the Messages page: opened, changed, shared, removed.

mod dialogs;

use crate::{
    api::views::{ToggleDefaultView, load_views},
    domain::{
        project::Frame,
        view::{SavedView, ViewsPage as Page, ViewsTask},
    },
    ui::{
        frame::use_frame,
        hooks::{
            action::FormAction,
            address::{use_param, use_query_at},
            page_data::{PageData, page_view},
            resource::use_resource,
        },
        messages::{saved_views::use_saved_views, steering::use_steering},
        parts::{
            dialog::use_address_dialog,
            field::FormNotice,
            heading::PageHeading,
            submit_button::{PLAIN, SubmitButton},
            trouble::Trouble,
        },
    },
};
use dialogs::TaskDialog;
use leptos::{form::ActionForm, prelude::*, task::spawn_local};
use leptos_meta::Title;

#[component]
pub fn ViewsRoute() -> impl IntoView {
    let slug = use_param("slug");
    let path = Signal::derive(move || ViewsTask::href(None, &slug.get()));
    let task = use_query_at(path, ViewsTask::parse);
    let page = use_resource(move || slug.get(), load_views);
    view! {
        <Title text="Saved views" />
        {page_view(
            page,
            |_| (),
            |page| page.version,
            move |page| view! { <ViewsPage page task frame=use_frame() /> }.into_any(),
        )}
    }
}

/// To be called when a view was changed here: the tabs and the link Messages then say it, too.
fn refresh(slug: String) -> impl Fn() + Clone + 'static {
    let views = use_saved_views();
    move || {
        let slug = slug.clone();
        spawn_local(async move {
            if let Ok(page) = load_views(slug).await {
                views.0.try_set(page.views.into_iter().map(|view| view.link).collect());
            }
        });
    }
}

#[component]
fn ViewsPage(page: PageData<Page>, task: Memo<Option<ViewsTask>>, frame: Frame) -> impl IntoView {
    let PageData { data, trouble, read, .. } = page;
    use_address_dialog(Signal::derive(move || task.with(Option::is_some)));
    let rows = Memo::new(move |_| data.with(|page| page.views.clone()));
    let is_empty = Memo::new(move |_| rows.with(Vec::is_empty));
    let slug = frame.slug.clone();
    let toggle = ServerAction::<ToggleDefaultView>::new();
    let (steering, changed) = (use_steering(), refresh(slug.clone()));
    toggle.on_done({
        let slug = slug.clone();
        move |done| {
            changed();
            steering.done(&slug, done);
        }
    });
    let messages = frame.href("messages");
    let table = {
        let slug = slug.clone();
        move || {
            if is_empty.get() {
                return view! {
                    <div class="empty">
                        <h2>"No saved views yet"</h2>
                        <p>"Filter the messages, then choose “Save as a view” beside the filters."</p>
                        <a class="button button-primary" href=messages.clone()>
                            "Open Messages"
                        </a>
                    </div>
                }
                .into_any();
            }
            let slug = slug.clone();
            view! {
                <div class="table-wrap">
                    <table class="table settings-table views-table">
                        <caption class="visually-hidden">"Saved views"</caption>
                        <thead>
                            <tr>
                                <th scope="col">"View"</th>
                                <th scope="col">"Who has it"</th>
                                <th scope="col">"Actions"</th>
                            </tr>
                        </thead>
                        <tbody>
                            <For each=move || rows.get() key=SavedView::clone let:view>
                                {row_view(view, &slug, toggle)}
                            </For>
                        </tbody>
                    </table>
                </div>
            }
            .into_any()
        }
    };
    view! {
        <div class="title-row">
            <PageHeading>"Saved views"</PageHeading>
        </div>
        <p class="muted">"Filters of the Messages page, one click away. Times and numbers in them are always those of now."</p>
        <Trouble trouble read />
        <FormNotice error=toggle.refusal() />
        <TaskDialog task data frame />
        {table}
    }
}

fn row_view(view: SavedView, slug: &str, toggle: ServerAction<ToggleDefaultView>) -> AnyView {
    let SavedView { id, link, is_shared, owner, may_change } = view;
    let change = |task: ViewsTask, label: &'static str| {
        view! {
            <a class="button" href=ViewsTask::href(Some(&task), slug) data-noscroll="">
                {label}
                <span class="visually-hidden">{format!(" {}", link.name)}</span>
            </a>
        }
        .into_any()
    };
    let changes = may_change.then(|| (change(ViewsTask::Change(id), "Edit"), change(ViewsTask::Remove(id), "Remove")));
    let label = if link.is_default { "Stop opening first" } else { "Open first" };
    let who = match (is_shared, may_change) {
        (true, _) => format!("All members; saved by {owner}"),
        (false, _) => "Only you".to_owned(),
    };
    let default =
        link.is_default.then(|| view! { <span class="muted">"The link Messages leads here"</span> }.into_any());
    let (href, project) = (link.href(slug), slug.to_owned());
    view! {
        <tr class="row">
            <th class="cell-customer" scope="row">
                <a class="settings-name" href=href>
                    {link.name.clone()}
                </a>
                {default}
            </th>
            <td>{who}</td>
            <td class="cell-buttons">
                <div class="row-buttons">
                    <ActionForm action=toggle>
                        <input type="hidden" name="slug" value=project />
                        <input type="hidden" name="id" value=id.to_string() />
                        <SubmitButton label about=format!(" {}", link.name) class=PLAIN pending=toggle.pending() />
                    </ActionForm>
                    {changes}
                </div>
            </td>
        </tr>
    }
    .into_any()
}
