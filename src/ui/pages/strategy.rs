//! The Strategy page: whom the project asks for reviews without staff, when, and how often.

mod automate;
mod conditions;
mod limits;
mod not_asked;
mod preview;
mod reminders;
mod retries;
mod schedule;
mod timing;
mod upcoming;

pub use not_asked::NotAskedRoute;
pub use preview::PreviewRoute;

use super::settings::{Links, settings_action};
use crate::{
    api::strategy::load_strategy,
    domain::{project::Frame, strategy::page::StrategyPage},
    ui::{
        frame::use_frame,
        hooks::{
            address::use_param,
            page_data::{PageData, page_view},
            resource::use_resource,
        },
        parts::{heading::PageHeading, trouble::Trouble},
    },
};
use automate::AutomateCard;
use conditions::ConditionsCard;
use leptos::prelude::*;
use leptos_meta::Title;
use limits::LimitsCard;
use reminders::RemindersCard;
use retries::RetriesCard;
use schedule::ScheduleCard;
use timing::TimingCard;
use upcoming::Upcoming;

#[component]
pub fn StrategyRoute() -> impl IntoView {
    let slug = use_param("slug");
    let page = use_resource(move || slug.get(), load_strategy);
    view! {
        <Title text="Strategy" />
        {page_view(
            page,
            |_| (),
            |page| page.version,
            |page| view! { <StrategyCards page frame=use_frame() /> }.into_any(),
        )}
    }
}

#[component]
fn StrategyCards(page: PageData<StrategyPage>, frame: Frame) -> impl IntoView {
    let PageData { data, trouble, read, .. } = page;
    let today = frame.today;
    let link_days = Memo::new(move |_| data.with(|page| page.link_days));
    let changed = move || {
        data.with(|page| {
            let (at, by) = page.changed.as_ref()?;
            Some(format!("Last changed {} by {by}. ", at.inline(today)))
        })
    };
    view! {
        <div class="title-row">
            <PageHeading>"Strategy"</PageHeading>
        </div>
        <p class="muted strategy-intro">
            {changed}
            "A customer is asked automatically once; by hand any number of times. Every customer sees the same page and the same links, whatever the rating: asking or showing by rating is forbidden, and nothing here can be set otherwise."
        </p>
        <Trouble trouble read />
        <div class="strategy-columns">
            <div class="settings strategy-now">
                <AutomateCard data frame=frame.clone() />
                <Upcoming data frame=frame.clone() />
            </div>
            <div class="settings">
                <TimingCard data frame=frame.clone() />
                <ConditionsCard data frame=frame.clone() />
                <RemindersCard data frame=frame.clone() />
                <RetriesCard data frame=frame.clone() />
                <ScheduleCard data frame=frame.clone() />
                <LimitsCard data frame=frame.clone() />
                <Links days=link_days frame />
            </div>
        </div>
    }
}
