//! Changing a role, removing a member, leaving the project.

use crate::{
    api::members::{ChangeRole, LeaveProject, RemoveMember},
    domain::{
        AppError, UserId,
        member::{Member, MembersPage, MembersTask, given_by, may_give},
        project::Frame,
        role::Role,
    },
    ui::{
        hooks::action::{FormAction, plain_refusal},
        messages::dialog_action::dialog_action,
        parts::{
            dialog::{AddressDialog, CloseLink, FormFoot},
            field::{FormNotice, SelectField},
            submit_button::{DANGER, SubmitButton},
        },
    },
};
use leptos::{form::ActionForm, prelude::*, server_fn::ServerFn};

/// The dialog that the address opens, if any.
#[component]
pub fn TaskDialog(task: Memo<Option<MembersTask>>, data: Memo<MembersPage>, frame: Frame) -> impl IntoView {
    let slug = frame.slug.clone();
    let back = Signal::derive(move || MembersTask::href(None, &slug));
    // What a dialog asks about stays, also when somebody else changes it meanwhile.
    let whom =
        move |id: UserId| data.with_untracked(|page| page.members.iter().find(|member| member.id == id).cloned());
    let may_change = move |member: &Member, frame: &Frame| may_give(frame.role, member.role);
    move || {
        let frame = frame.clone();
        match task.get()? {
            MembersTask::Leave => {
                let me = data.with_untracked(|page| page.me);
                Some(view! { <LeaveDialog me frame back /> }.into_any())
            }
            MembersTask::ChangeRole(id) => Some(match whom(id).filter(|member| may_change(member, &frame)) {
                Some(member) => {
                    let is_me = data.with_untracked(|page| page.me == id);
                    view! { <RoleDialog member is_me frame back /> }.into_any()
                }
                None => view! { <GoneDialog back /> }.into_any(),
            }),
            MembersTask::Remove(id) => Some(match whom(id).filter(|member| may_change(member, &frame)) {
                Some(member) => view! { <RemoveDialog member frame back /> }.into_any(),
                None => view! { <GoneDialog back /> }.into_any(),
            }),
        }
    }
}

#[component]
fn RoleDialog(member: Member, is_me: bool, frame: Frame, back: Signal<String>) -> impl IntoView {
    let title = format!("Change the role of {}", member.name);
    let form = move || {
        if is_me {
            view! { <OwnRoleForm member=member.clone() frame=frame.clone() back /> }.into_any()
        } else {
            view! { <RoleForm member=member.clone() frame=frame.clone() back /> }.into_any()
        }
    };
    view! {
        <AddressDialog title back>
            <div class="dialog-body">{form()}</div>
        </AddressDialog>
    }
}

/// A component of its own, made within the dialog: its action closes that.
#[component]
fn RoleForm(member: Member, frame: Frame, back: Signal<String>) -> impl IntoView {
    let action = dialog_action::<ChangeRole>(frame.slug.clone(), || {});
    view! {
        <ActionForm action>
            <RoleFields member frame error=action.refusal() />
            <FormFoot back submit="Change role" pending=action.pending() />
        </ActionForm>
    }
}

/// A plain form, with scripts too: what the person may do is another from then on, on the whole page.
#[component]
fn OwnRoleForm(member: Member, frame: Frame, back: Signal<String>) -> impl IntoView {
    view! {
        <form method="post" action=ChangeRole::PATH>
            <RoleFields member frame error=Signal::stored(plain_refusal::<ChangeRole>()) />
            <FormFoot back submit="Change my role" pending=false />
        </form>
    }
}

#[component]
fn RoleFields(member: Member, frame: Frame, error: Signal<Option<AppError>>) -> impl IntoView {
    let value = |role: Role| role.name().to_lowercase();
    let option = |role: Role| (value(role), format!("{role}: {}", role.explanation()));
    let options: Vec<_> = given_by(frame.role).into_iter().map(option).collect();
    view! {
        <input type="hidden" name="slug" value=frame.slug />
        <input type="hidden" name="id" value=member.id.to_string() />
        <FormNotice error fields=&["role"] />
        <SelectField id="member-role" label="Role" name="role" field="role" error options chosen=value(member.role) />
    }
}

#[component]
fn RemoveDialog(member: Member, frame: Frame, back: Signal<String>) -> impl IntoView {
    view! {
        <AddressDialog title=format!("Remove {}", member.name) back>
            <div class="dialog-body">
                <p>
                    {member.email.clone()}
                    " has no access to this project from then on, also where they are signed in. What they did stays, with their name. Open invitations that they sent are withdrawn."
                </p>
                <RemoveForm member frame back />
            </div>
        </AddressDialog>
    }
}

/// A component of its own, made within the dialog: its action closes that.
#[component]
fn RemoveForm(member: Member, frame: Frame, back: Signal<String>) -> impl IntoView {
    let action = dialog_action::<RemoveMember>(frame.slug.clone(), || {});
    view! {
        <ActionForm action>
            <FormNotice error=action.refusal() />
            <input type="hidden" name="slug" value=frame.slug />
            <input type="hidden" name="id" value=member.id.to_string() />
            <FormFoot back submit="Remove member" danger=true pending=action.pending() />
        </ActionForm>
    }
}

#[component]
fn LeaveDialog(me: UserId, frame: Frame, back: Signal<String>) -> impl IntoView {
    view! {
        <AddressDialog title=format!("Leave {}", frame.project_name) back>
            <div class="dialog-body">
                <p>
                    "You have no access to this project from then on. An Admin of it can invite you again. Open invitations that you sent are withdrawn. If this is your only project, you are signed out."
                </p>
                // A full load: nothing of the project stays in the memory of the page.
                <form method="post" action=LeaveProject::PATH>
                    <input type="hidden" name="slug" value=frame.slug />
                    <input type="hidden" name="id" value=me.to_string() />
                    <FormNotice error=Signal::stored(plain_refusal::<LeaveProject>()) />
                    <div class="dialog-foot">
                        <CloseLink back />
                        <SubmitButton label="Leave project" class=DANGER pending=false />
                    </div>
                </form>
            </div>
        </AddressDialog>
    }
}

/// For somebody who is no member any more, or whom one may not change.
#[component]
fn GoneDialog(back: Signal<String>) -> impl IntoView {
    view! {
        <AddressDialog title="Nothing to change" back>
            <div class="dialog-body">
                <p>"This person is not a member any more, or has a role that you cannot change."</p>
                <div class="dialog-foot">
                    <CloseLink back label="Close" />
                </div>
            </div>
        </AddressDialog>
    }
}
