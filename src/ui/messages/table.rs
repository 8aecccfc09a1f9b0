//! A table of messages: the project's, and those of a profile.

use super::row::message_row;
use crate::{
    domain::{
        MessageId,
        filter::{Direction, MessageFilter, MessagesQuery, Sort},
        message::MessageRow,
        project::Frame,
        role::Role,
    },
    ui::parts::icon::Icon,
};
use chrono::NaiveDate;
use leptos::{either::Either, prelude::*};

/// What the rows of a table share.
#[derive(Clone)]
pub struct Scene {
    pub slug: String,
    pub today: NaiveDate,
    /// Whether the person may do more with a message than look at it.
    pub may_act: bool,
    /// Whether rows can be ticked.
    pub may_tick: bool,
    /// The row that the address points to.
    pub marked: Option<MessageId>,
}

impl Scene {
    pub fn new(frame: &Frame) -> Self {
        Self {
            slug: frame.slug.clone(),
            today: frame.today,
            may_act: frame.may(Role::Operator),
            may_tick: false,
            marked: None,
        }
    }
}

/// `query`, where it is given, makes links of the heads of what can be sorted by.
pub fn message_table(
    rows: &[MessageRow],
    caption: String,
    scene: &Scene,
    query: Option<&MessagesQuery>,
) -> impl IntoView + use<> {
    let head = |label: &'static str, sort: Sort| match query {
        Some(query) => Either::Left(sort_head(label, sort, query, &scene.slug)),
        None => Either::Right(view! { <th scope="col">{label}</th> }),
    };
    let tick_all = scene.may_tick.then(|| {
        view! {
            <th scope="col" class="cell-check">
                <input type="checkbox" class="checkbox" aria-label="Select all on this page" autocomplete="off" />
            </th>
        }
    });
    view! {
        <div class="table-wrap">
            <table class="table">
                <caption class="visually-hidden">{caption}</caption>
                <thead>
                    <tr>
                        {tick_all} <th scope="col">"Customer"</th> <th scope="col">"Channel"</th>
                        <th scope="col">"Template"</th> {head("Scheduled / Sent", Sort::Scheduled)}
                        {head("Sent", Sort::Sent)} {head("Opened", Sort::Opened)} {head("Clicked", Sort::Clicked)}
                        <th scope="col">"Failed"</th> <th scope="col">"Actions"</th>
                    </tr>
                </thead>
                <tbody>{rows.iter().map(|row| message_row(row, scene)).collect_view()}</tbody>
            </table>
        </div>
    }
}

fn sort_head(label: &'static str, sort: Sort, query: &MessagesQuery, slug: &str) -> impl IntoView + use<> {
    let by = (query.filter.sort == sort).then_some(query.filter.dir);
    let (order, icon) = match by {
        Some(Direction::Ascending) => (Some("ascending"), Some("sort-up")),
        Some(Direction::Descending) => (Some("descending"), Some("sort-down")),
        None => (None, None),
    };
    let dir = by.map_or(Direction::Descending, Direction::reversed);
    let href = query.filtered(MessageFilter { sort, dir, ..query.filter.clone() }).href(slug);
    view! {
        <th scope="col" aria-sort=order>
            <a href=href data-noscroll="">
                {label}
                {icon.map(|name| view! { <Icon name /> })}
            </a>
        </th>
    }
}
