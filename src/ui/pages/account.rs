//! The Account page: one's name, how one signs in, and where one is signed in; in a project's frame, or for who is in no project.

mod alone;
mod codes;
mod low_ratings;
mod name;
mod passkeys;
mod password;
mod sessions;
mod two_factor;

use crate::{
    api::account::load_account,
    domain::{account::AccountPage as Page, done::Done, project::Frame},
    ui::{
        frame::use_frame,
        hooks::{
            action::{FormAction, FormFunction},
            address::use_param,
            focus,
            page_data::{PageData, page_view},
            resource::use_resource,
        },
        messages::steering::use_steering,
        parts::{heading::PageHeading, trouble::Trouble},
    },
};
pub use alone::AloneRoute;
use leptos::prelude::*;
use leptos_meta::Title;
use low_ratings::LowRatings;
use name::Name;
use passkeys::Passkeys;
use password::Password;
use sessions::Sessions;
use two_factor::TwoFactorSection;

#[component]
pub fn AccountRoute() -> impl IntoView {
    let slug = use_param("slug");
    let page = use_resource(move || slug.get(), load_account);
    view! {
        <Title text="Account" />
        {page_view(
            page,
            |_| (),
            |page| page.version,
            |page| view! { <AccountPage page frame=use_frame() /> }.into_any(),
        )}
    }
}

#[component]
fn AccountPage(page: PageData<Page>, frame: Frame) -> impl IntoView {
    let PageData { data, trouble, read, .. } = page;
    let slug = StoredValue::new(frame.slug);
    let steering = use_steering();
    let done = Callback::new(move |done: Done| steering.done(&slug.get_value(), done));
    view! {
        <div class="title-row">
            <PageHeading>"Account"</PageHeading>
        </div>
        <Trouble trouble read />
        <Parts context=Account { data, read, slug, done } />
    }
}

#[component]
fn Parts(context: Account) -> impl IntoView {
    let today = context.data.with_untracked(|page| page.today);
    view! {
        <div class="settings account">
            <Name context />
            <LowRatings context />
            <Password context />
            <TwoFactorSection context today />
            <Passkeys context today />
            <Sessions context today />
        </div>
    }
}

/// What each part of the page needs.
#[derive(Clone, Copy)]
struct Account {
    data: Memo<Page>,
    /// Reads the page's data again.
    read: Callback<()>,
    /// Empty outside of all projects.
    slug: StoredValue<String>,
    /// Says what was done.
    done: Callback<Done>,
}

impl Account {
    /// The action of a form, which says what it did. The page reads its data again, and the focus goes to the heading of the form's
    /// part, because the form may go.
    fn action<S: FormFunction>(self, heading: &'static str) -> ServerAction<S> {
        let action = ServerAction::<S>::new();
        action.on_done(move |done| {
            self.done.run(done);
            self.read.run(());
            focus_heading(heading);
        });
        action
    }
}

fn focus_heading(id: &str) {
    if let Some(heading) = focus::by_id(id) {
        focus::without_scrolling(&heading);
    }
}
