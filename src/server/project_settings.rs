//! The page of a project's own settings: what it shows, and what staff change.

use super::{
    auth, clock,
    store::{
        guard::{Admin, Viewer},
        retention, zone,
    },
};
use crate::domain::{
    AppError, AppResult,
    done::Done,
    error::Problems,
    project_settings::{ProjectForm, ProjectSettingsPage},
    retention::KeptForm,
    role::Role,
};
use chrono_tz::{TZ_VARIANTS, Tz};

pub async fn page(viewer: &Viewer) -> AppResult<ProjectSettingsPage> {
    let may_change = viewer.role >= Role::Admin;
    let (scheduled, is_counting) = zone::state(viewer, clock::now()).await?;
    Ok(ProjectSettingsPage {
        name: viewer.project_name.clone(),
        zone: viewer.zone.name().to_owned(),
        zones: if may_change { zones() } else { Vec::new() },
        scheduled,
        is_counting,
        kept: retention::kept(viewer).await?,
        entered: if may_change { auth::take_entered() } else { None },
        version: viewer.version,
    })
}

/// UTC, and those that are named after a place.
fn zones() -> Vec<String> {
    const AREAS: [&str; 10] =
        ["Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"];
    let is_place = |name: &&str| *name == "UTC" || name.split_once('/').is_some_and(|(area, _)| AREAS.contains(&area));
    TZ_VARIANTS.iter().map(|zone| zone.name()).filter(is_place).map(str::to_owned).collect()
}

/// A zone by its IANA name, whatever the case of its letters.
fn parse_zone(name: &str) -> AppResult<Tz> {
    let name = name.trim().replace(' ', "_");
    let found = TZ_VARIANTS.iter().find(|zone| zone.name().eq_ignore_ascii_case(&name));
    found.copied().ok_or_else(|| {
        AppError::invalid("zone", "There is no such time zone. Choose one of the list, such as Europe/Berlin.")
    })
}

pub async fn save(admin: &Admin, form: &ProjectForm) -> AppResult<Done> {
    let saved = save_checked(admin, form).await;
    saved.inspect_err(|_| _ = auth::keep_entered(form))
}

async fn save_checked(admin: &Admin, form: &ProjectForm) -> AppResult<Done> {
    let mut problems = Problems::default();
    let name = problems.take(form.check_name());
    let zone = parse_zone(&form.zone).unwrap_or_else(|error| {
        problems.add(error);
        Tz::UTC
    });
    let name = problems.or(name)?;
    let is_other = zone::save(admin, &name, zone, clock::now()).await?;
    Ok(Done::new(match is_other {
        false => "Project saved.".to_owned(),
        true => format!(
            "Project saved. Times are those of {zone} from now on. Scheduled messages keep their moment, and numbers by day are \
             counted anew."
        ),
    }))
}

/// For how long what messages said, and their timelines, are kept from now on. What is older goes in the background.
pub async fn save_kept(admin: &Admin, form: &KeptForm) -> AppResult<Done> {
    let kept = form.check()?;
    retention::save(admin, kept).await?;
    Ok(Done::new(format!("Saved. {}", kept.sentence())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_found_by_its_name() {
        assert_eq!(parse_zone("europe/berlin"), Ok(Tz::Europe__Berlin));
        assert_eq!(parse_zone(" America/New York "), Ok(Tz::America__New_York));
        assert_eq!(parse_zone("UTC"), Ok(Tz::UTC));
        for wrong in ["", "Berlin", "Mars/Base", "Europe/Berlin2"] {
            assert!(parse_zone(wrong).unwrap_err().for_field("zone").is_some(), "{wrong}");
        }
        let all = zones();
        assert!(all.len() > 300 && all.iter().all(|name| parse_zone(name).is_ok()));
        assert!(all.contains(&"America/New_York".to_owned()) && !all.contains(&"EST5EDT".to_owned()));
    }
}
