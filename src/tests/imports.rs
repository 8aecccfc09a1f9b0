//! Importing customers: a file through HTTP, what becomes of its rows, stopping in the middle, and files that are none.

mod flow;
mod rows;

use super::support::{Answer, Browser, TestApp};
use crate::{
    domain::{
        ImportId,
        import::{Import, ImportPage},
    },
    server::import::run::Runner,
};
use axum::{
    body::Body,
    http::{Method, StatusCode},
};

const BOUNDARY: &str = "----a-boundary";

/// The form that uploads a file.
async fn upload(browser: &Browser, name: &str, content: &[u8]) -> Answer {
    let head = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: text/csv\r\n\r\n"
    );
    let body = [head.as_bytes(), content, format!("\r\n--{BOUNDARY}--\r\n").as_bytes()].concat();
    let request = browser
        .request(Method::POST, "/projects/cup/customers/import")
        .header("sec-fetch-site", "same-origin")
        .header("accept", "text/html")
        .header("content-length", body.len())
        .header("content-type", format!("multipart/form-data; boundary={BOUNDARY}"));
    browser.send(request.body(Body::from(body)).unwrap()).await
}

/// The id of the file that was taken.
pub(super) async fn uploaded(browser: &Browser, content: impl AsRef<[u8]>) -> ImportId {
    let answer = upload(browser, "list.csv", content.as_ref()).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let (_, id) = answer.header("location").split_once("?file=").unwrap_or_else(|| panic!("{answer:?}"));
    id.parse().unwrap()
}

async fn read(browser: &Browser, id: ImportId) -> Import {
    let answer = browser.get(&format!("/api/load_import?slug=cup&query=file%3D{id}")).await;
    serde_json::from_str::<ImportPage>(&answer.body).unwrap_or_else(|e| panic!("{e}: {}", answer.body)).import.unwrap()
}

/// Starts the import, with what was guessed of the columns unless `form` says something.
pub(super) async fn start(browser: &Browser, id: ImportId, form: &str) -> Answer {
    let form = if form.is_empty() {
        let matching = serde_json::to_value(&read(browser, id).await.matching).unwrap();
        let columns = matching.as_object().unwrap().iter();
        columns.map(|(field, column)| format!("&form[{field}]={column}")).collect()
    } else {
        form.to_owned()
    };
    browser.post("/api/start_import", &format!("slug=cup&id={id}{form}")).await
}

/// Uploads a file and imports all of it.
pub(super) async fn import(app: &TestApp, browser: &Browser, content: &str) -> Import {
    let id = uploaded(browser, content).await;
    let answer = start(browser, id, "").await;
    assert!(answer.status.is_success(), "{}", answer.body);
    assert!(Runner::new(&app.state).step().await.unwrap());
    read(browser, id).await
}
