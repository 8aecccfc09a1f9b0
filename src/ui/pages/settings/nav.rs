//! The links between the pages of Settings.

use crate::{
    domain::role::Role,
    ui::{frame::use_frame, parts::heading::PageHeading},
};
use leptos::prelude::*;

/// A page of Settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingsPart {
    Sending,
    Project,
    Members,
    Locations,
    Tags,
    Audit,
    ApiKeys,
    Webhooks,
}

impl SettingsPart {
    const ALL: [Self; 8] = [
        Self::Sending,
        Self::Project,
        Self::Members,
        Self::Locations,
        Self::Tags,
        Self::Audit,
        Self::ApiKeys,
        Self::Webhooks,
    ];

    /// Who may go there.
    fn least(self) -> Role {
        match self {
            Self::ApiKeys | Self::Webhooks => Role::Admin,
            Self::Audit => Role::Manager,
            _ => Role::Viewer,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Sending => "Sending",
            Self::Project => "Project",
            Self::Members => "Members",
            Self::Locations => "Locations",
            Self::Tags => "Tags",
            Self::Audit => "Audit log",
            Self::ApiKeys => "API keys",
            Self::Webhooks => "Webhooks",
        }
    }

    fn href(self, slug: &str) -> String {
        let page = match self {
            Self::Sending => "",
            Self::Project => "/project",
            Self::Members => "/members",
            Self::Locations => "/locations",
            Self::Tags => "/tags",
            Self::Audit => "/audit",
            Self::ApiKeys => "/api-keys",
            Self::Webhooks => "/webhooks",
        };
        format!("/projects/{slug}/settings{page}")
    }
}

/// The heading of a page of Settings, and the links to the others.
#[component]
pub fn SettingsHead(part: SettingsPart, heading: &'static str, slug: String) -> impl IntoView {
    let role = use_frame().role;
    let link = |other: SettingsPart| {
        view! {
            <li>
                <a class="settings-link" href=other.href(&slug) aria-current=(other == part).then_some("page")>
                    {other.name()}
                </a>
            </li>
        }
        .into_any()
    };
    view! {
        <div class="title-row">
            <PageHeading>{heading}</PageHeading>
        </div>
        <nav class="settings-nav" aria-label="Settings">
            <ul>{SettingsPart::ALL.into_iter().filter(|other| role >= other.least()).map(link).collect_view()}</ul>
        </nav>
    }
}
