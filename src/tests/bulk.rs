//! Bulk actions through HTTP: what the answer says, the pages, the file, and that nothing both leaves and is put off.

use super::support::TestApp;
use crate::{
    domain::{
        AppError, BulkId,
        ask::Ask,
        bulk::{plan::BulkPreview, record::BulkRecordPage},
        done::Done,
        message::Channel,
        role::Role,
    },
    server::{clock, delivery::worker, requests},
};
use axum::http::StatusCode;
use std::collections::BTreeSet;

fn read<T: serde::de::DeserializeOwned>(body: &str) -> T {
    serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {body}"))
}

#[tokio::test]
async fn an_action_is_counted_done_and_undone_and_has_a_page_and_a_file() {
    let app = TestApp::new().await;
    let manager = app.member(Role::Manager).await;
    app.sent("Ana Ruiz", Channel::Email, 2).await;
    app.sent("=Ben Berg", Channel::Email, 1).await;
    let form =
        "slug=cup&selection[all]=true&form[kind]=reschedule&form[when]=days&form[days]=2&form[reason]=Shop+closed";
    let preview: BulkPreview = read(&manager.post("/api/preview_bulk", form).await.body);
    assert_eq!((preview.outcome.done, preview.outcome.skipped_total(), preview.canceled), (3, 2, 0));
    let before = app.count("select cast(sum(scheduled_at) as bigint) from message where state = 0").await;
    let done: Done = read(&manager.post("/api/start_bulk", form).await.body);
    assert_eq!(done.sentence, "Rescheduled 3 messages. 2 skipped: 2 already sent.");
    let id: BulkId = done.bulk.unwrap();
    let path = format!("/projects/cup/bulk-actions/{id}");
    let page = manager.get(&path).await.body.replace("<!>", "");
    for words in [
        "Reschedule",
        "Pat Person",
        "2 days later",
        "Reason: Shop closed",
        "All messages of the project",
        "2 already sent",
        "Undo",
    ] {
        assert!(page.contains(words), "{words}\n{page}");
    }
    let viewer = app.member(Role::Viewer).await;
    let seen = viewer.get(&path).await.body;
    assert!(seen.contains("Shop closed") && !seen.contains("undo_cancel") && !seen.contains("messages.csv"), "{seen}");
    let file = manager.get(&format!("{path}/messages.csv")).await;
    assert!(file.header("content-disposition").contains("bulk-reschedule-cup-20"), "{file:?}");
    let lines: Vec<&str> = file.body.lines().collect();
    assert_eq!(lines[0], "\u{feff}UUID,Customer,Sent to,Channel,Template,Result,Because");
    assert_eq!(lines.len(), 6, "{}", file.body);
    assert_eq!(file.body.matches(",Rescheduled,").count(), 3);
    assert_eq!(file.body.matches(",Skipped,already sent").count(), 2);
    // A formula in the eyes of a spreadsheet.
    assert!(file.body.contains("\"'=Ben Berg\""), "{}", file.body);
    assert_eq!(viewer.get(&format!("{path}/messages.csv")).await.status, StatusCode::FORBIDDEN);

    let undo = format!("slug=cup&batch={}", done.undo.unwrap());
    let operator = app.member(Role::Operator).await;
    assert_eq!(operator.post("/api/undo_cancel", &undo).await.status, StatusCode::FORBIDDEN);
    let undone: Done = read(&manager.post("/api/undo_cancel", &undo).await.body);
    assert_eq!(undone.sentence, "Restored 3 messages.");
    assert_eq!(app.count("select cast(sum(scheduled_at) as bigint) from message where state = 0").await, before);
    let again = manager.post("/api/undo_cancel", &undo).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND);
    let list = manager.get("/projects/cup/bulk-actions").await.body.replace("<!>", "");
    assert!(list.contains("Undone") && list.contains("2 days later") && list.contains(&path), "{list}");
}

#[tokio::test]
async fn input_that_cannot_be_used_is_refused_by_field_and_nothing_begins() {
    let app = TestApp::new().await;
    let manager = app.member(Role::Manager).await;
    app.sent("Ana Ruiz", Channel::Email, 1).await;
    for (form, field) in [
        ("selection[all]=true&form[kind]=delete", "confirmed"),
        ("selection[all]=true&form[kind]=explode", "kind"),
        ("selection[all]=true&form[kind]=reschedule&form[at]=2020-01-01T09:00", "at"),
        ("selection[all]=true&form[kind]=reschedule&form[when]=days&form[days]=0", "days"),
        ("selection[all]=true&form[kind]=send-now&form[pace]=0", "pace"),
        ("form[kind]=resend", "ids"),
    ] {
        let answer = manager.post("/api/start_bulk", &format!("slug=cup&{form}")).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
        let error: AppError = read(&answer.body);
        assert!(error.for_field(field).is_some(), "{form}: {error:?}");
    }
    assert_eq!(app.count("select count(*) from bulk_action").await, 0);
    assert_eq!(app.count("select count(*) from message").await, 2);
}

#[tokio::test]
async fn a_paced_action_goes_on_by_itself_and_is_stopped() {
    let app = TestApp::new().await;
    let manager = app.member(Role::Manager).await;
    app.sent("Ana Ruiz", Channel::Email, 3).await;
    let form = "slug=cup&selection[all]=true&form[kind]=send-now&form[pace]=1";
    let begun: Done = read(&manager.post("/api/start_bulk", form).await.body);
    let id = begun.bulk.unwrap();
    assert!(begun.sentence.contains("goes on in the background") && begun.undo.is_none(), "{begun:?}");
    let path = format!("/projects/cup/bulk-actions/{id}");
    let page = manager.get(&path).await.body.replace("<!>", "");
    assert!(page.contains("1 a minute") && page.contains("Under way, ") && page.contains("/api/stop_bulk"), "{page}");
    let stopped: Done = read(&manager.post("/api/stop_bulk", &format!("slug=cup&id={id}")).await.body);
    assert!(stopped.sentence.ends_with(" not begun."), "{stopped:?}");
    let shown: BulkRecordPage = read(&manager.get(&format!("/api/load_bulk_action?slug=cup&id={id}")).await.body);
    assert!(shown.record.left() > 0 && shown.record.outcome.done <= 1, "{shown:?}");
    assert_eq!(manager.post("/api/stop_bulk", &format!("slug=cup&id={id}")).await.status, StatusCode::CONFLICT);
}

/// What was put off is not sent, and what was sent was not put off.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_bulk_reschedule_and_a_worker_never_both_win() {
    let app = TestApp::new().await;
    let manager = app.member(Role::Manager).await;
    let customer = app.customer("Ana Ruiz").await;
    let (system, now) = (app.system("cup").await, clock::now());
    for _ in 0..150 {
        let ask = Ask { channels: vec![Channel::Email], reminders: vec![], at: None };
        requests::create(&system, customer, &ask, &app.state.config.base_url, now.plus(-3_600_000)).await.unwrap();
    }
    let (db, transports) = (app.db.clone(), app.state.transports.clone());
    let working = tokio::spawn(async move {
        let mut idle = 0;
        while idle < 3 {
            idle = if worker::step(&db, &transports, clock::now()).await.unwrap() == 0 { idle + 1 } else { 0 };
            tokio::task::yield_now().await;
        }
    });
    let form = "slug=cup&selection[all]=true&selection[filter]=status%3Dscheduled&form[kind]=reschedule&form[when]=days&form[days]=2";
    let done: Done = read(&manager.post("/api/start_bulk", form).await.body);
    working.await.unwrap();
    let file = manager.get(&format!("/projects/cup/bulk-actions/{}/messages.csv", done.bulk.unwrap())).await.body;
    let moved: BTreeSet<String> = file
        .lines()
        .filter(|line| line.contains(",Rescheduled,"))
        .map(|line| line.split(',').next().unwrap().to_owned())
        .collect();
    let sent: BTreeSet<String> =
        app.memory.sent().into_iter().filter_map(|mail| Some(mail.message?.to_string())).collect();
    assert_eq!(moved.intersection(&sent).count(), 0, "{}", done.sentence);
    assert_eq!(moved.len() + sent.len(), 150, "{}", done.sentence);
}
