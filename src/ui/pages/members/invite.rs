//! Inviting somebody by email, and the link where the server sends none.

use crate::{
    api::members::InviteMember,
    domain::{member::given_by, project::Frame, role::Role},
    ui::{
        connections::copy::CopyValue,
        hooks::action::{FormAction, emptied_when_done},
        messages::steering::use_steering,
        parts::{
            field::{FormNotice, SelectField, TextField},
            submit_button::SubmitButton,
        },
    },
};
use leptos::{form::ActionForm, prelude::*};

#[component]
pub fn InviteSection(
    /// Takes the link of an invitation that the server could not send.
    link: RwSignal<Option<String>>,
    frame: Frame,
) -> impl IntoView {
    let action = ServerAction::<InviteMember>::new();
    let steering = use_steering();
    let slug = frame.slug.clone();
    action.on_done(move |done| {
        link.set(done.link.clone());
        steering.done(&slug, done);
    });
    let form = emptied_when_done(action);
    let error = action.refusal();
    let options: Vec<_> =
        given_by(frame.role).into_iter().map(|role| (role.name().to_lowercase(), role.name().to_owned())).collect();
    let chosen = Role::Operator.name().to_lowercase();
    let handed = move || {
        link.get().map(|link| {
            view! {
                <div class="notice">
                    <p>"Hand this link to the person you invited. It is shown only now, and works once, for 7 days."</p>
                    <CopyValue what="the link of the invitation".to_owned() value=link />
                </div>
            }
            .into_any()
        })
    };
    view! {
        <section class="card" aria-labelledby="invite-heading">
            <h2 id="invite-heading">"Invite somebody"</h2>
            <p class="muted">"They join by a link that works once, for 7 days. It goes out by email; where this server sends none, it is shown here."</p>
            {handed}
            <ActionForm action node_ref=form attr:novalidate="">
                <input type="hidden" name="slug" value=frame.slug />
                <FormNotice error fields=&["email", "role"] />
                <div class="invite-fields">
                    <TextField
                        id="invite-email"
                        label="Email"
                        name="form[email]"
                        field="email"
                        error
                        kind="email"
                        maxlength=254
                        required=true
                    />
                    <SelectField id="invite-role" label="Role" name="form[role]" field="role" error options chosen />
                </div>
                <SubmitButton label="Send invitation" pending=action.pending() />
            </ActionForm>
        </section>
    }
}
