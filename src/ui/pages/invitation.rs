//! The page behind the link of an invitation: its button uses the link up, looking does not.

use crate::{
    api::members::{AcceptInvitation, load_invitation},
    domain::member::InvitationPage,
    ui::{
        hooks::{
            action::FormAction,
            page_data::{PageData, page_view},
            resource::use_resource,
        },
        parts::{
            field::{FormNotice, TextField},
            heading::PageHeading,
            submit_button::SubmitButton,
        },
    },
};
use leptos::{form::ActionForm, prelude::*};
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

#[component]
pub fn InvitationRoute() -> impl IntoView {
    let token = use_query_map().with_untracked(|query| query.get("token").unwrap_or_default());
    let asked = token.clone();
    let page = use_resource(move || asked.clone(), load_invitation);
    view! {
        <Title text="Invitation" />
        <main class="public">
            <div class="public-card sign-in">
                <p class="product-name">"review-messages"</p>
                {page_view(
                    page,
                    |_| (),
                    |_| 0,
                    move |page| view! { <JoinForm page token=token.clone() /> }.into_any(),
                )}
            </div>
        </main>
    }
}

#[component]
fn JoinForm(page: PageData<InvitationPage>, token: String) -> impl IntoView {
    let InvitationPage { project_name, email, role, invited_by, is_known } = page.data.get_untracked();
    let action = ServerAction::<AcceptInvitation>::new();
    let error = action.refusal();
    let fields = (!is_known).then(|| {
        view! {
            // Browsers keep the new password under this address.
            <input type="hidden" name="email" autocomplete="username" value=email.clone() />
            <TextField
                id="join-name"
                label="Your name"
                name="name"
                field="name"
                error
                autocomplete="name"
                hint="As the others are to see it."
                maxlength=120
                required=true
            />
            <TextField
                id="join-password"
                label="Password"
                name="password"
                field="password"
                error
                kind="password"
                autocomplete="new-password"
                hint="At least 8 characters."
                required=true
            />
        }
        .into_any()
    });
    let next = if is_known {
        "There is an account with this address. If you are not signed in with it here, you sign in first, and come back to this page."
    } else {
        "You sign in with this address and your password from then on."
    };
    view! {
        <PageHeading>{format!("Join {project_name}")}</PageHeading>
        <p>
            {invited_by} " invites " <strong>{email.clone()}</strong> " to work on " {project_name.clone()} " as "
            {role.with_article()} ". " {next}
        </p>
        <ActionForm action attr:novalidate="">
            <input type="hidden" name="token" value=token />
            <FormNotice error fields=&["name", "password"] />
            {fields}
            <SubmitButton label="Join" pending=action.leads_away() />
        </ActionForm>
    }
}
