//! The pages Project, Locations and Tags of Settings, through HTTP.

use super::support::{Browser, TestApp};
use crate::domain::{location::LocationsPage, project_settings::ProjectSettingsPage, role::Role, tag::TagsPage};
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

#[tokio::test]
async fn locations_are_added_renamed_and_removed() {
    let app = TestApp::new().await;
    let (manager, viewer) = (app.member(Role::Manager).await, app.member(Role::Viewer).await);
    let post = async |function: &str, form: String| {
        manager.post(&format!("/api/{function}"), &format!("slug=cup&{form}")).await
    };
    for name in ["Harbor", "Old+Town"] {
        assert_eq!(post("add_location", format!("name={name}")).await.status, StatusCode::OK);
    }
    let page: LocationsPage = load(&viewer, "load_locations").await;
    let (harbor, old_town) = (page.rows[0].id, page.rows[1].id);
    for (function, form, words) in [
        ("add_location", "name=".to_owned(), "Write the name"),
        ("add_location", "name=harbor".to_owned(), "There is a location Harbor already."),
        ("rename_location", format!("id={old_town}&name=Harbor"), "There is a location Harbor already."),
        ("remove_location", format!("id={harbor}&to=x"), "Choose one of the project's locations."),
        ("remove_location", format!("id={harbor}&to={harbor}"), "Choose one of the project's locations."),
    ] {
        let answer = post(function, form).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{function}");
        assert!(answer.body.contains(words), "{function}: {}", answer.body);
    }
    let customer = app.customer("Ana Ruiz").await;
    post("edit_customer", format!("id={customer}&form[name]=Ana&form[location]={harbor}")).await;
    const PAGE: &str = "/projects/cup/settings/locations";
    let shown = manager.get(&format!("{PAGE}?do=remove-{harbor}")).await.body.replace("<!>", "");
    for words in ["<dialog", "Remove Harbor", "1 customer belongs to Harbor", "Move them to", "No location", "Old Town"]
    {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    let seen = viewer.get(&format!("{PAGE}?do=remove-{harbor}")).await.body.replace("<!>", "");
    assert!(seen.contains("1 customer") && !seen.contains("<dialog") && !seen.contains("Add location"), "{seen}");
    let done = manager
        .submit(
            "/api/remove_location",
            &format!("slug=cup&id={harbor}&to={old_town}"),
            &format!("{PAGE}?do=remove-{harbor}"),
        )
        .await;
    assert!(done.header("location").ends_with(PAGE), "{}", done.header("location"));
    let page: LocationsPage = load(&viewer, "load_locations").await;
    assert_eq!((page.rows.len(), page.rows[0].customers), (1, 1));
    let renamed = post("rename_location", format!("id={old_town}&name=New+Town")).await;
    assert!(renamed.body.contains("is called New Town from now on"), "{}", renamed.body);
    let removed = post("remove_location", format!("id={old_town}")).await;
    assert!(removed.body.contains("1 customer and 0 messages have no location now."), "{}", removed.body);
}

#[tokio::test]
async fn tags_are_renamed_merged_after_asking_and_removed() {
    let app = TestApp::new().await;
    let (manager, viewer) = (app.member(Role::Manager).await, app.member(Role::Viewer).await);
    let post =
        async |function: &str, form: &str| manager.post(&format!("/api/{function}"), &format!("slug=cup&{form}")).await;
    for (name, tags) in [("Ana Ruiz", "vip,new"), ("Ben Ode", "Regular")] {
        let customer = app.customer(name).await;
        post("set_tags", &format!("id={customer}&tags={tags}")).await;
    }
    for (form, words) in [
        ("form[tag]=vip&form[to]=", "Write the new name"),
        ("form[tag]=vip&form[to]=a%2Cb", "no comma"),
        ("form[tag]=vip&form[to]=vip", "its name already"),
        ("form[tag]=vip&form[to]=regular", "There is a tag Regular already. Tick “Merge”"),
    ] {
        let answer = post("rename_tag", form).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
        assert!(answer.body.contains(words), "{form}: {}", answer.body);
    }
    assert_eq!(post("rename_tag", "form[tag]=none&form[to]=x").await.status, StatusCode::NOT_FOUND);
    let merged = post("rename_tag", "form[tag]=vip&form[to]=regular&form[merge]=true").await;
    assert!(merged.body.contains("vip and Regular are one tag now: 1 customer had vip."), "{}", merged.body);
    let page: TagsPage = load(&viewer, "load_tags").await;
    let mut rows: Vec<_> = page.rows.iter().map(|row| (row.tag.as_str(), row.customers)).collect();
    rows.sort_unstable();
    assert_eq!(rows, [("Regular", 2), ("new", 1)]);
    let shown = manager.get("/projects/cup/settings/tags?do=rename&tag=new").await.body.replace("<!>", "");
    for words in
        ["<h1 tabindex=\"-1\">Tags", "<dialog", "Rename new", "Merge, if", "/customers?tag=Regular", "2 customers"]
    {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    let seen = viewer.get("/projects/cup/settings/tags?do=rename&tag=new").await.body;
    assert!(!seen.contains("<dialog") && !seen.contains("do=remove"), "{seen}");
    let removed = post("remove_tag", "tag=Regular").await;
    assert!(removed.body.contains("is removed from 2 customers."), "{}", removed.body);
}
