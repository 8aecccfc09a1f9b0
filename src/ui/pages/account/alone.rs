//! The Account page of who is in no project, with what to do about that.

use super::{Account, Parts};
use crate::{
    api::{account::load_account, session::SignOut},
    domain::{account::AccountPage as Page, done::Done},
    ui::{
        hooks::{
            page_data::{PageData, page_view},
            resource::use_resource,
        },
        parts::{
            heading::PageHeading,
            icon::Icon,
            toast::{ToastRegion, use_toasts},
            trouble::Trouble,
        },
    },
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Title;

#[component]
pub fn AloneRoute() -> impl IntoView {
    let page = use_resource(String::new, load_account);
    view! {
        <Title text="Account" />
        <main class="content" id="content" tabindex="-1">
            {page_view(page, |_| (), |_| 0, |page| view! { <AlonePage page /> }.into_any())}
        </main>
        <ToastRegion on_offer=Callback::new(|_| ()) />
    }
}

#[component]
fn AlonePage(page: PageData<Page>) -> impl IntoView {
    let PageData { data, trouble, read, .. } = page;
    let toasts = use_toasts();
    let done = Callback::new(move |done: Done| toasts.done("", &done));
    let context = Account { data, read, slug: StoredValue::new(String::new()), done };
    let email = move || data.with(|page| page.email.clone());
    let notice = data
        .with_untracked(|page| page.notice.clone())
        .map(|done| view! { <p class="notice" role="status">{done.sentence}</p> }.into_any());
    view! {
        <div class="title-row">
            <PageHeading>"Account"</PageHeading>
            // A full load, so that nothing that was shown stays in the memory of the page.
            <form method="post" action=SignOut::PATH>
                <button class="button button-quiet" type="submit">
                    <Icon name="sign-out" />
                    "Sign out"
                </button>
            </form>
        </div>
        {notice}
        <Trouble trouble read />
        <section class="card" aria-labelledby="alone-heading">
            <h2 id="alone-heading">"You are not a member of any project"</h2>
            <p>
                "Ask an Admin of a project to invite " <strong>{email}</strong>
                " under Settings, Members. The link of the invitation makes you a member; then this address leads to the project."
            </p>
            <p>"Whoever runs this server can add you, too: " <code>"review-messages user add"</code> "."</p>
            <p>
                <a class="button" href="/" rel="external">
                    "Look again"
                </a>
            </p>
        </section>
        <Parts context />
    }
}
