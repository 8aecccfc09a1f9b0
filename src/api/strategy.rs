//! The Strategy page and its changes.

use super::client::PatientClient;
use crate::domain::{
    AppError, CustomerId,
    done::Done,
    strategy::{
        form::{ConditionsForm, DayForm, HoursForm, LimitsForm, RemindersForm, RetriesForm, TimingForm},
        page::{NotAskedPage, Preview, StrategyPage},
    },
};
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// Role: viewer.
#[server(endpoint = "load_strategy", input = GetUrl, client = PatientClient)]
pub async fn load_strategy(slug: String) -> Result<StrategyPage, AppError> {
    use crate::server::{auth, strategy_page};
    strategy_page::page(&auth::viewer(&slug).await?).await
}

/// Customers whom the strategy has not asked for the reason `why`, by name. Role: viewer.
#[server(endpoint = "load_not_asked", input = GetUrl, client = PatientClient)]
pub async fn load_not_asked(
    slug: String,
    #[server(default)] why: String,
    #[server(default)] q: String,
    #[server(default)] after: String,
) -> Result<NotAskedPage, AppError> {
    use crate::server::{auth, strategy_page};
    strategy_page::not_asked(&auth::viewer(&slug).await?, &why, &q, &after).await
}

/// What the strategy would do for one customer. Role: viewer.
#[server(endpoint = "load_strategy_preview", input = GetUrl, client = PatientClient)]
pub async fn load_strategy_preview(slug: String, id: CustomerId) -> Result<Preview, AppError> {
    use crate::server::{auth, strategy_page};
    let base_url = auth::state()?.config.base_url.clone();
    strategy_page::preview(&auth::viewer(&slug).await?, id, &base_url).await
}

/// `state` is `on`, `off` or `paused`; `days` says how far back customers are asked, empty for all. Role: manager.
#[server(endpoint = "set_automate", client = PatientClient)]
pub async fn set_automate(
    slug: String,
    #[server(default)] state: String,
    #[server(default)] days: String,
) -> Result<Done, AppError> {
    use crate::server::{auth, strategy_page};
    let manager = auth::manager(&slug).await?;
    auth::answer(&manager, strategy_page::set_automate(&manager, &state, &days).await).await
}

/// Role: manager.
#[server(endpoint = "save_timing", client = PatientClient)]
pub async fn save_timing(slug: String, #[server(default)] form: TimingForm) -> Result<Done, AppError> {
    use crate::server::{auth, strategy_page};
    let manager = auth::manager(&slug).await?;
    auth::answer(&manager, strategy_page::save_timing(&manager, &form).await).await
}

/// Role: manager.
#[server(endpoint = "save_reminders", client = PatientClient)]
pub async fn save_reminders(slug: String, #[server(default)] form: RemindersForm) -> Result<Done, AppError> {
    use crate::server::{auth, strategy_page};
    let manager = auth::manager(&slug).await?;
    auth::answer(&manager, strategy_page::save_reminders(&manager, &form).await).await
}

/// Role: manager.
#[server(endpoint = "save_retries", client = PatientClient)]
pub async fn save_retries(slug: String, #[server(default)] form: RetriesForm) -> Result<Done, AppError> {
    use crate::server::{auth, strategy_page};
    let manager = auth::manager(&slug).await?;
    auth::answer(&manager, strategy_page::save_retries(&manager, &form).await).await
}

/// Role: manager.
#[server(endpoint = "save_limits", client = PatientClient)]
pub async fn save_limits(slug: String, #[server(default)] form: LimitsForm) -> Result<Done, AppError> {
    use crate::server::{auth, strategy_page};
    let manager = auth::manager(&slug).await?;
    auth::answer(&manager, strategy_page::save_limits(&manager, &form).await).await
}

/// What customers' charges must come to. Role: manager.
#[server(endpoint = "save_conditions", client = PatientClient)]
pub async fn save_conditions(slug: String, #[server(default)] form: ConditionsForm) -> Result<Done, AppError> {
    use crate::server::{auth, strategy_page};
    let manager = auth::manager(&slug).await?;
    auth::answer(&manager, strategy_page::save_conditions(&manager, &form).await).await
}

/// Seven days, Monday first. Role: manager.
#[server(endpoint = "save_schedule", client = PatientClient)]
pub async fn save_schedule(
    slug: String,
    #[server(default)] days: Vec<DayForm>,
    #[server(default)] form: HoursForm,
) -> Result<Done, AppError> {
    use crate::server::{auth, strategy_page};
    let manager = auth::manager(&slug).await?;
    auth::answer(&manager, strategy_page::save_schedule(&manager, &days, &form).await).await
}
