//! The Settings page: what staff choose about a project's sending, and what holds messages at the moment.

mod language;
mod limits;
mod links;
pub mod nav;
mod pause;
mod quiet;
mod reputation;
mod trial;

use crate::{
    api::sending::load_sending,
    domain::{project::Frame, sending::SendingPage},
    ui::{
        frame::use_frame,
        hooks::{
            action::{FormAction, FormFunction},
            address::use_param,
            page_data::{PageData, page_view},
            resource::use_resource,
        },
        messages::steering::use_steering,
        parts::trouble::Trouble,
    },
};
use language::LanguageCard;
use leptos::prelude::*;
use leptos_meta::Title;
use limits::Limits;
pub use links::Links;
use nav::{SettingsHead, SettingsPart};
use pause::Pause;
pub use pause::PauseForm;
use quiet::QuietForm;
use reputation::Channels;
use trial::TrialSection;

#[component]
pub fn SettingsRoute() -> impl IntoView {
    let slug = use_param("slug");
    let page = use_resource(move || slug.get(), load_sending);
    view! {
        <Title text="Settings" />
        {page_view(
            page,
            |_| (),
            |page| page.version,
            |page| view! { <Settings page frame=use_frame() /> }.into_any(),
        )}
    }
}

#[component]
fn Settings(page: PageData<SendingPage>, frame: Frame) -> impl IntoView {
    let PageData { data, trouble, read, .. } = page;
    let link_days = Memo::new(move |_| data.with(|page| page.link_days));
    view! {
        <SettingsHead part=SettingsPart::Sending heading="Settings" slug=frame.slug.clone() />
        <Trouble trouble read />
        <div class="settings">
            <Pause data frame=frame.clone() />
            <TrialSection data frame=frame.clone() />
            <Channels data frame=frame.clone() />
            <Limits data frame=frame.clone() />
            <QuietForm data frame=frame.clone() />
            <Links days=link_days frame=frame.clone() />
            <LanguageCard language=Memo::new(move |_| data.with(|page| page.language)) frame />
        </div>
    }
}

/// An action of a page of choices, which says what it did; the page reads its data again.
pub(super) fn settings_action<S: FormFunction>(slug: &str) -> ServerAction<S> {
    let action = ServerAction::<S>::new();
    let steering = use_steering();
    let slug = slug.to_owned();
    action.on_done(move |done| steering.done(&slug, done));
    action
}
