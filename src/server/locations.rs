//! The Locations page: what it shows, and what staff change.

use super::store::{
    guard::{Manager, Viewer},
    locations,
};
use crate::domain::{
    AppResult, LocationId,
    done::Done,
    location::{LocationsPage, parse_location_name},
    refusal::Refusal,
    stats::count,
};

pub async fn page(viewer: &Viewer) -> AppResult<LocationsPage> {
    Ok(LocationsPage { rows: locations::list(viewer).await?, version: viewer.version })
}

pub async fn add(manager: &Manager, name: &str) -> AppResult<Done> {
    let name = parse_location_name(name)?;
    locations::add(manager, &name).await?;
    Ok(Done::new(format!("The location {name} is added.")))
}

pub async fn rename(manager: &Manager, id: LocationId, name: &str) -> AppResult<Done> {
    let name = parse_location_name(name)?;
    locations::rename(manager, id, &name).await?;
    Ok(Done::new(format!("The location is called {name} from now on. Messages that exist keep their text.")))
}

/// `to` is the id of the location that its customers and messages move to; empty for none.
pub async fn remove(manager: &Manager, id: LocationId, to: &str) -> AppResult<Done> {
    let to = match to.trim() {
        "" => None,
        to => Some(to.parse().map_err(|_| Refusal::UnknownLocation)?),
    };
    let (name, customers, messages) = locations::remove(manager, id, to).await?;
    let what = match (customers, messages) {
        (0, 0) => String::new(),
        _ => {
            let verb = if to.is_some() { "moved" } else { "have no location now" };
            format!(" {} and {} {verb}.", count(customers, "customer"), count(messages, "message"))
        }
    };
    Ok(Done::new(format!("The location {name} is removed.{what}")))
}
