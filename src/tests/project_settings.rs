//! The page Project of Settings, through HTTP.

use super::support::{Browser, TestApp};
use crate::domain::{project_settings::ProjectSettingsPage, role::Role};
use axum::http::StatusCode;
use serde::de::DeserializeOwned;

async fn load<T: DeserializeOwned>(browser: &Browser, function: &str) -> T {
    let answer = browser.get(&format!("/api/{function}?slug=cup")).await;
    serde_json::from_str(&answer.body).unwrap_or_else(|e| panic!("{function}: {e}: {}", answer.body))
}

#[tokio::test]
async fn a_project_has_another_name_and_zone_from_then_on() {
    let app = TestApp::new().await;
    let (admin, viewer) = (app.member(Role::Admin).await, app.member(Role::Viewer).await);
    const PAGE: &str = "/projects/cup/settings/project";
    for (form, words) in [
        ("form[name]=&form[zone]=UTC", "Write the name"),
        ("form[name]=Cup&form[zone]=Mars", "There is no such time zone."),
        ("form[name]=Cup", "There is no such time zone."),
        ("form[zone]=Mars", "Write the name"),
        ("form[zone]=Mars", "There is no such time zone."),
    ] {
        let answer = admin.post("/api/save_project", &format!("slug=cup&{form}")).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
        assert!(answer.body.contains(words), "{form}: {}", answer.body);
    }
    // Without scripts, what was typed comes back with the sentence beside its field.
    let refused = admin.submit("/api/save_project", "slug=cup&form[name]=Cup+Two&form[zone]=Mars", PAGE).await;
    assert_eq!(refused.status, StatusCode::FOUND);
    let cookies = format!("{}; {}", admin.cookie.clone().unwrap(), refused.cookie("entered").unwrap());
    let to = refused.header("location").split_once("3000").unwrap().1.to_owned();
    let shown = Browser { cookie: Some(cookies), ..admin.clone() }.get(&to).await.body;
    assert!(shown.contains("There is no such time zone.") && shown.contains("value=\"Cup Two\""), "{shown}");
    assert!(shown.contains("value=\"Mars\"") && shown.contains("<option value=\"Europe/Berlin\""), "{shown}");

    let saved = admin.post("/api/save_project", "slug=cup&form[name]=Cup+Two&form[zone]=america%2Fnew+york").await;
    assert!(saved.body.contains("Times are those of America/New_York from now on."), "{}", saved.body);
    let page: ProjectSettingsPage = load(&viewer, "load_project_settings").await;
    assert_eq!((page.name.as_str(), page.zone.as_str(), page.zones.len()), ("Cup Two", "America/New_York", 0));
    let seen = viewer.get(PAGE).await.body.replace("<!>", "");
    assert!(seen.contains("Cup Two") && seen.contains("Ask an Admin") && !seen.contains("Save project"), "{seen}");
    assert_eq!(app.system("cup").await.zone, chrono_tz::Tz::America__New_York);
}
