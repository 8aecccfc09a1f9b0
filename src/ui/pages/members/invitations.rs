//! Invitations that nobody has followed yet.

use crate::{
    api::members::{ResendInvitation, WithdrawInvitation},
    domain::{
        member::{Invitation, MembersPage, may_give},
        project::Frame,
    },
    ui::{
        hooks::action::FormAction,
        messages::steering::use_steering,
        pages::settings::settings_action,
        parts::{
            field::FormNotice,
            submit_button::{PLAIN, SubmitButton},
            time::Time,
        },
    },
};
use leptos::{form::ActionForm, prelude::*};

#[component]
pub fn Invitations(data: Memo<MembersPage>, link: RwSignal<Option<String>>, frame: Frame) -> impl IntoView {
    let open = Memo::new(move |_| data.with(|page| page.invitations.clone()).unwrap_or_default());
    let is_empty = Memo::new(move |_| open.with(Vec::is_empty));
    let resend = ServerAction::<ResendInvitation>::new();
    let steering = use_steering();
    let slug = frame.slug.clone();
    resend.on_done(move |done| {
        link.set(done.link.clone());
        steering.done(&slug, done);
    });
    let withdraw = settings_action::<WithdrawInvitation>(&frame.slug);
    let frame = StoredValue::new(frame);
    let row = move |invitation: Invitation| frame.with_value(|frame| row_view(&invitation, resend, withdraw, frame));
    let rows = move || {
        (!is_empty.get()).then(|| {
            view! {
                <section aria-labelledby="invitations-heading">
                    <h2 id="invitations-heading" class="section-heading">
                        "Open invitations"
                    </h2>
                    <FormNotice error=resend.refusal() />
                    <FormNotice error=withdraw.refusal() />
                    <div class="table-wrap">
                        <table class="table settings-table invitations-table">
                            <caption class="visually-hidden">"Open invitations"</caption>
                            <thead>
                                <tr>
                                    <th scope="col">"Email"</th>
                                    <th scope="col">"Role"</th>
                                    <th scope="col">"Invited"</th>
                                    <th scope="col">"Works until"</th>
                                    <th scope="col">"Actions"</th>
                                </tr>
                            </thead>
                            <tbody>
                                <For each=move || open.get() key=|one| (one.id, one.at) let:one>
                                    {row(one)}
                                </For>
                            </tbody>
                        </table>
                    </div>
                </section>
            }
            .into_any()
        })
    };
    view! { {rows} }
}

fn row_view(
    invitation: &Invitation,
    resend: ServerAction<ResendInvitation>,
    withdraw: ServerAction<WithdrawInvitation>,
    frame: &Frame,
) -> AnyView {
    let Invitation { id, email, role, invited_by, at, expires, has_expired } = invitation.clone();
    let about = format!(" the invitation of {email}");
    let (also_about, slug, also_slug) = (about.clone(), frame.slug.clone(), frame.slug.clone());
    let actions = may_give(frame.role, role).then(|| {
        view! {
            <div class="row-buttons">
                <ActionForm action=resend>
                    <input type="hidden" name="slug" value=slug />
                    <input type="hidden" name="id" value=id.to_string() />
                    <SubmitButton label="Resend" about class=PLAIN pending=resend.pending() />
                </ActionForm>
                <ActionForm action=withdraw>
                    <input type="hidden" name="slug" value=also_slug />
                    <input type="hidden" name="id" value=id.to_string() />
                    <SubmitButton
                        label="Withdraw"
                        about=also_about
                        class=PLAIN
                        pending=withdraw.pending()
                    />
                </ActionForm>
            </div>
        }
        .into_any()
    });
    let until = if has_expired {
        view! { "Too old: resend it" }.into_any()
    } else {
        view! { <Time at=expires today=frame.today /> }.into_any()
    };
    view! {
        <tr class="row">
            <th class="cell-customer" scope="row">
                <span class="settings-name">{email}</span>
            </th>
            <td class="cell-role">{role.name()}</td>
            <td class="cell-invited">
                <Time at today=frame.today />
                " by "
                {invited_by}
            </td>
            <td class="cell-until">{until}</td>
            <td class="cell-buttons">{actions}</td>
        </tr>
    }
    .into_any()
}
