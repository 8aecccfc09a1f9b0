//! The table of members.

use crate::{
    domain::{
        UserId,
        member::{Member, MembersPage, MembersTask, may_give},
        project::Frame,
        role::Role,
        time::date_words,
    },
    ui::parts::time::Time,
};
use chrono::NaiveDate;
use leptos::prelude::*;

#[component]
pub fn MembersTable(data: Memo<MembersPage>, frame: Frame) -> impl IntoView {
    let members = Memo::new(move |_| data.with(|page| page.members.clone()));
    let me = data.with_untracked(|page| page.me);
    let frame = StoredValue::new(frame);
    let row = move |member: Member| frame.with_value(|frame| row_view(&member, me, frame));
    view! {
        <div class="table-wrap">
            <table class="table settings-table members-table">
                <caption class="visually-hidden">"Members"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Name"</th>
                        <th scope="col">"Role"</th>
                        <th scope="col">"Joined"</th>
                        <th scope="col">"Last seen"</th>
                        <th scope="col">"Actions"</th>
                    </tr>
                </thead>
                <tbody>
                    <For
                        each=move || members.get()
                        key=|member| (member.id, member.role, member.name.clone(), member.seen)
                        let:member
                    >
                        {row(member)}
                    </For>
                </tbody>
            </table>
        </div>
    }
}

fn row_view(member: &Member, me: UserId, frame: &Frame) -> AnyView {
    let Member { id, name, email, role, joined, seen } = member.clone();
    let is_me = id == me;
    let link = |task: MembersTask, label: &'static str, about: String| {
        view! {
            <a class="button" href=MembersTask::href(Some(task), &frame.slug) data-noscroll="">
                {label}
                <span class="visually-hidden">{about}</span>
            </a>
        }
        .into_any()
    };
    let may_change = may_give(frame.role, role);
    let change = may_change.then(|| link(MembersTask::ChangeRole(id), "Change role", format!(" of {name}")));
    let take_out = if is_me {
        Some(link(MembersTask::Leave, "Leave project", String::new()))
    } else {
        may_change.then(|| link(MembersTask::Remove(id), "Remove", format!(" {name}")))
    };
    // An Admin wonders why an Owner's row has no buttons.
    let why_not = (frame.may(Role::Admin) && !may_change && !is_me)
        .then(|| view! { <span class="muted">"Only an Owner can change an Owner."</span> }.into_any());
    let joined = match joined {
        Some(at) => view! { <Time at today=frame.today /> }.into_any(),
        None => view! { <span class="muted">"Not known"</span> }.into_any(),
    };
    let you = is_me.then(|| view! { <span class="muted">"(you)"</span> }.into_any());
    view! {
        <tr class="row">
            <th class="cell-customer" scope="row">
                <span class="customer-lines">
                    <span class="settings-name">{name.clone()} " " {you}</span>
                    <span class="customer-contact">{email}</span>
                </span>
            </th>
            <td class="cell-role">{role.name()}</td>
            <td class="cell-joined">{joined}</td>
            <td class="cell-seen">{seen_words(seen, frame.today)}</td>
            <td class="cell-buttons">
                <div class="row-buttons">{change} {take_out} {why_not}</div>
            </td>
        </tr>
    }
    .into_any()
}

/// `Today`, `Yesterday`, `24 Nov 2026`, `Never`.
fn seen_words(seen: Option<NaiveDate>, today: NaiveDate) -> String {
    let Some(day) = seen else { return "Never".to_owned() };
    match (today - day).num_days() {
        ..=0 => "Today".to_owned(),
        1 => "Yesterday".to_owned(),
        _ => date_words(day),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_told_by_its_distance() {
        let day = |n| NaiveDate::from_ymd_opt(2026, 11, n).unwrap();
        for (seen, words) in
            [(None, "Never"), (Some(day(24)), "Today"), (Some(day(23)), "Yesterday"), (Some(day(2)), "2 Nov 2026")]
        {
            assert_eq!(seen_words(seen, day(24)), words);
        }
    }
}
