//! The cases, by the numbers of the list that they follow. None where one does not apply to this engine.

mod database;
mod kills;
pub mod outage;
mod races;
mod refusals;
mod several;
mod throughput;

use crate::{Finding, Result, Setting};

pub const NAMES: [&str; 15] =
    ["T1", "T3", "T4", "T5", "T6", "T7", "T8", "T9", "T10", "T11", "T13", "T18", "account", "disk", "suspended"];

pub async fn run(name: &str, setting: &Setting) -> Result<Option<Finding>> {
    match name {
        "T1" => kills::t1(setting).await,
        "T3" => kills::t3(setting).await,
        "T4" => database::t4(setting).await,
        "T5" => several::t5(setting).await,
        "T6" => several::t6(setting).await,
        "T7" => several::t7(setting).await,
        "T8" => races::t8(setting).await,
        "T9" => database::t9(setting).await,
        "T10" => refusals::t10(setting).await,
        "T11" => outage::t11(setting).await,
        "T13" => kills::t13(setting).await,
        "T18" => throughput::t18(setting).await,
        "account" => refusals::account(setting).await,
        "disk" => database::disk(setting).await,
        "suspended" => several::suspended(setting).await,
        _ => Err(format!("there is no case {name}").into()),
    }
}
