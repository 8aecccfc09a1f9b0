//! The Account page: one's name, how one signs in, and where one is signed in.

mod codes;
mod name;
mod passkeys;
mod password;
mod sessions;
mod two_factor;

use crate::{
    api::account::load_account,
    domain::{account::AccountPage as Page, project::Frame},
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
use leptos::prelude::*;
use leptos_meta::Title;
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
    let slug = StoredValue::new(frame.slug.clone());
    let context = Account { data, read, slug };
    view! {
        <div class="title-row">
            <PageHeading>"Account"</PageHeading>
        </div>
        <Trouble trouble read />
        <div class="settings account">
            <Name context />
            <Password context />
            <TwoFactorSection context today=frame.today />
            <Passkeys context today=frame.today />
            <Sessions context today=frame.today />
        </div>
    }
}

/// What each part of the page needs.
#[derive(Clone, Copy)]
struct Account {
    data: Memo<Page>,
    /// Reads the page's data again.
    read: Callback<()>,
    slug: StoredValue<String>,
}

impl Account {
    /// The action of a form, which says what it did. The page reads its data again, and the focus goes to the heading of the form's
    /// part, because the form may go.
    fn action<S: FormFunction>(self, heading: &'static str) -> ServerAction<S> {
        let action = ServerAction::<S>::new();
        let steering = use_steering();
        action.on_done(move |done| {
            steering.done(&self.slug.get_value(), done);
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
