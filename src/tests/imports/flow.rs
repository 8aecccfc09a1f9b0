//! From the file to the result: what is remembered, stopping, canceling, and files that are no lists.

use super::{Answer, BOUNDARY, Body, Browser, Method, Runner, import, read, start, upload, uploaded};
use crate::{
    domain::{
        AppError, Timestamp,
        import::{FILE_MAX, ImportState},
        role::Role,
    },
    server::{clock, import::Files, store::imports},
    tests::support::TestApp,
};
use axum::http::StatusCode;
use std::time::Duration;
use tokio::sync::watch;

#[tokio::test]
async fn a_file_is_previewed_and_its_matching_is_remembered() {
    let app = TestApp::new().await;
    let operator = app.member(Role::Operator).await;
    let page = operator.get("/projects/cup/customers/import").await.body;
    assert!(page.contains("enctype=\"multipart/form-data\"") && page.contains("Upload and preview"), "{page}");
    let file = "Kunde;Adresse;Firma\nJosé;jose@example.com;Cup\n";
    let latin: Vec<u8> = file.chars().map(|c| u8::try_from(c as u32).unwrap()).collect();
    let id = uploaded(&operator, &latin).await;
    let path = format!("/projects/cup/customers/import?file={id}");
    let page = operator.get(&path).await.body.replace("<!>", "");
    for words in ["1 row and 3 columns, Windows-1252, separated by semicolons.", "José", "Import 1 row", "Not imported"]
    {
        assert!(page.contains(words), "{words}\n{page}");
    }
    let manager = app.member(Role::Manager).await;
    for (state, is_said) in [("on", true), ("paused", false)] {
        let answer = manager.post("/api/set_automate", &format!("slug=cup&state={state}")).await;
        assert!(answer.status.is_success(), "{}", answer.body);
        let page = operator.get(&path).await.body;
        assert_eq!(page.contains("are asked for a review automatically"), is_said, "{state}\n{page}");
    }
    let refused = start(&operator, id, "").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(serde_json::from_str::<AppError>(&refused.body).unwrap().for_field("email").is_some());
    let plain = operator.submit("/api/start_import", &format!("slug=cup&id={id}&form[name]=0"), &path).await;
    let page = operator.get(plain.header("location").trim_start_matches("http://127.0.0.1:3000")).await.body;
    assert!(page.contains("customers are known by them"), "{page}");
    let plain =
        operator.submit("/api/start_import", &format!("slug=cup&id={id}&form[name]=0&form[email]=1"), &path).await;
    assert!(plain.header("location").ends_with(&path), "{plain:?}");
    let page = operator.get(&path).await.body.replace("<!>", "");
    assert!(page.contains("The import begins when") && page.contains("Cancel import"), "{page}");
    assert_eq!(start(&operator, id, "&form[email]=1").await.status, StatusCode::CONFLICT);
    let again = uploaded(&operator, "kunde,ADRESSE,Firma\nBen,ben@example.com,\n").await;
    let again = read(&operator, again).await;
    assert!(again.is_remembered && again.matching == read(&operator, id).await.matching);
    assert!(Runner::new(&app.state).step().await.unwrap());
    let page = operator.get(&path).await.body.replace("<!>", "");
    assert!(page.contains("The import is done: 1 row was read."), "{page}");
    assert!(!Files::new(&app.state.config.data_dir).text(id).exists());
    let list = operator.get("/projects/cup/customers/import").await.body;
    assert!(list.contains("Recent imports") && list.contains("Done, 1 row") && list.contains("Not started"), "{list}");
}

#[tokio::test]
async fn what_is_no_list_is_refused_with_a_sentence() {
    let app = TestApp::new().await;
    let operator = app.member(Role::Operator).await;
    for (content, words) in [
        (b"".as_slice(), "This file is empty."),
        (b"PK\x03\x04xl/workbook.xml", "This is an Excel file. Save it as CSV"),
        (b"Name,Email\nA\0,b", "a NUL character in line 2"),
        (b"Name,Email", "a header and no rows"),
    ] {
        let answer = upload(&operator, "list.csv", content).await;
        assert_eq!(answer.header("location"), "/projects/cup/customers/import");
        let mut back = operator.clone();
        back.cookie = Some(format!("{}; {}", operator.cookie.as_ref().unwrap(), answer.cookie("entered").unwrap()));
        let page = back.get("/projects/cup/customers/import").await.body;
        assert!(page.contains(words), "{words}\n{page}");
    }
    let none = upload(&operator, "", b"").await;
    assert!(none.cookie("entered").is_some());
    assert!(large(&operator).await.cookie("entered").is_some());
    let folder = std::fs::read_dir(app.state.config.data_dir.join("imports")).unwrap();
    assert_eq!(folder.count(), 0, "nothing of them is kept");
    assert_eq!(app.count("select count(*) from customer_import").await, 0);
    let viewer = app.member(Role::Viewer).await;
    assert_eq!(upload(&viewer, "x.csv", b"Email\na@example.com").await.status, StatusCode::FORBIDDEN);
    let elsewhere = operator.post("/projects/cup/customers/import", "x").await;
    assert_eq!(elsewhere.status, StatusCode::UNPROCESSABLE_ENTITY);
}

/// Uploads a file that is larger than any may be.
async fn large(operator: &Browser) -> Answer {
    let head = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x.csv\"\r\n\r\n");
    let piece = axum::body::Bytes::from(vec![b'x'; 1024 * 1024]);
    let pieces = std::iter::repeat_n(piece, FILE_MAX as usize / 1024 / 1024 + 1);
    let end = format!("\r\n--{BOUNDARY}--\r\n");
    let all = std::iter::once(head.into()).chain(pieces).chain([end.into()]).map(Ok::<_, std::io::Error>);
    let request = operator
        .request(Method::POST, "/projects/cup/customers/import")
        .header("sec-fetch-site", "same-origin")
        .header("content-type", format!("multipart/form-data; boundary={BOUNDARY}"));
    operator.send(request.body(Body::from_stream(futures::stream::iter(all))).unwrap()).await
}

fn people(n: usize) -> String {
    use std::fmt::Write;
    (0..n).fold("Name,Email,Tags\n".to_owned(), |mut file, i| {
        // Each hundredth comes twice, each fiftieth is refused.
        let who = if i % 100 == 99 { i - 1 } else { i };
        let at = if i % 50 == 25 { "" } else { "@example.com" };
        let _ = writeln!(file, "Person {i},person{who}{at},imported");
        file
    })
}

/// How many rows of `people` are added, come twice, and are refused.
fn fates(n: u32) -> (u32, u32, u32) {
    (n - n / 100 - n / 50, n / 100, n / 50)
}

#[tokio::test]
async fn an_import_that_is_stopped_goes_on_where_it_was() {
    let app = TestApp::new().await;
    let operator = app.member(Role::Operator).await;
    let id = uploaded(&operator, people(20_000)).await;
    start(&operator, id, "").await;
    let (mut halts, mut now) = (0, 0);
    loop {
        let mut state = app.state.clone();
        let (stop, stopped) = watch::channel(false);
        state.stop = stopped;
        let halted = tokio::spawn(async move { Runner::new(&state).step().await.unwrap() });
        // Until it got on a little.
        while read(&operator, id).await.counts.read() < now + 1_000 && !halted.is_finished() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        if halts % 2 == 0 {
            let _ = stop.send(true);
            halted.await.unwrap();
        } else {
            // As if the server were killed: its claim runs out.
            halted.abort();
            let _ = halted.await;
            let mut tx = app.db.begin().await.unwrap();
            sqlx::query("update customer_import set lease_until = 0").execute(&mut *tx).await.unwrap();
            tx.commit().await.unwrap();
        }
        let import = read(&operator, id).await;
        now = import.counts.read();
        assert_eq!(app.count("select count(*) from customer").await, i64::from(import.counts.added));
        if import.state != ImportState::Started {
            break;
        }
        halts += 1;
    }
    assert!(halts > 3, "it was stopped {halts} times");
    let import = read(&operator, id).await;
    let counts = import.counts;
    assert_eq!(import.state, ImportState::Done);
    assert_eq!((counts.added, counts.duplicates, counts.refused), fates(20_000));
    assert_eq!((counts.read(), counts.total), (20_000, 20_000));
    assert_eq!(app.count("select count(distinct email) from customer").await, i64::from(counts.added));
    assert_eq!(app.count("select count(*) from customer_tag").await, i64::from(counts.added));
    let refused = operator.get(&format!("/projects/cup/customers/import/{id}/refused")).await.body;
    assert_eq!(refused.lines().count(), 1 + counts.problems() as usize);
    let lines: Vec<&str> = refused.lines().collect();
    assert_eq!(lines.iter().collect::<std::collections::HashSet<_>>().len(), lines.len(), "each row stands there once");
    assert!(lines[1].contains(",27,"), "{}", lines[1]);
}

#[tokio::test]
async fn a_canceled_import_keeps_what_it_wrote_and_writes_nothing_more() {
    let app = TestApp::new().await;
    let operator = app.member(Role::Operator).await;
    let id = uploaded(&operator, people(20_000)).await;
    start(&operator, id, "").await;
    let runner = Runner::new(&app.state);
    let running = tokio::spawn(async move { runner.step().await.unwrap() });
    while read(&operator, id).await.counts.read() < 500 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let canceled = operator.post("/api/cancel_import", &format!("slug=cup&id={id}")).await;
    assert!(canceled.body.contains("What was imported stays."), "{}", canceled.body);
    let at = read(&operator, id).await;
    running.await.unwrap();
    let after = read(&operator, id).await;
    assert_eq!((after.state, after.counts), (ImportState::Canceled, at.counts));
    assert!(after.counts.read() < after.counts.total);
    assert_eq!(app.count("select count(*) from customer").await, i64::from(after.counts.added));
    assert!(!Runner::new(&app.state).step().await.unwrap());
    assert!(!Files::new(&app.state.config.data_dir).text(id).exists());
    let again = operator.post("/api/cancel_import", &format!("slug=cup&id={id}")).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn imports_of_one_project_wait_for_each_other_and_others_are_not_seen() {
    let app = TestApp::new().await;
    app.project("bean").await;
    let (one, two) = (app.member(Role::Operator).await, app.member(Role::Operator).await);
    let first = uploaded(&one, people(10)).await;
    let second = uploaded(&two, people(20)).await;
    start(&one, first, "").await;
    start(&two, second, "").await;
    let now = clock::now();
    let project = app.system("cup").await.project;
    let lease = uuid::Uuid::now_v7;
    let claimed = imports::claim(&app.db, (project, first), lease(), now).await.unwrap();
    assert!(claimed.is_some(), "nobody does it");
    assert!(imports::claim(&app.db, (project, first), lease(), now).await.unwrap().is_none(), "it is claimed");
    assert!(imports::claim(&app.db, (project, second), lease(), now).await.unwrap().is_none(), "another is under way");
    let later = now.plus(imports::LEASE + 1);
    assert!(imports::claim(&app.db, (project, first), lease(), later).await.unwrap().is_some(), "its server is gone");
    let other = app.member_of("bean", Role::Owner).await;
    for path in ["load_import", "start_import", "cancel_import"] {
        let form = format!("slug=bean&id={first}&query=file%3D{first}");
        let answer = match path {
            "load_import" => other.get(&format!("/api/{path}?{form}")).await,
            _ => other.post(&format!("/api/{path}"), &form).await,
        };
        assert!(matches!(answer.status, StatusCode::NOT_FOUND | StatusCode::CONFLICT), "{path}: {}", answer.body);
    }
    assert_eq!(read(&one, first).await.state, ImportState::Started);
}

#[tokio::test]
async fn results_are_forgotten_after_a_week_and_files_that_nobody_starts_after_a_day() {
    let app = TestApp::new().await;
    let operator = app.member(Role::Operator).await;
    import(&app, &operator, "Email\nana@example\n").await;
    uploaded(&operator, "Email\nben@example.com\n").await;
    let count = "select count(*) from customer_import";
    imports::forget(&app.db, clock::now()).await.unwrap();
    assert_eq!(app.count(count).await, 2);
    imports::forget(&app.db, clock::now().plus(25 * Timestamp::HOUR)).await.unwrap();
    assert_eq!(app.count(count).await, 1);
    imports::forget(&app.db, clock::now().plus(8 * Timestamp::DAY)).await.unwrap();
    assert_eq!(app.count(count).await, 0);
}
