//! The file of the messages that match.

use super::{sending::world::World, support::TestApp};
use crate::{
    domain::{filter::MessageFilter, message::Channel, role::Role},
    server::{export, store::messages::Export},
};
use axum::http::StatusCode;
use futures::TryStreamExt;

#[tokio::test]
async fn the_export_is_a_file_of_what_matches() {
    let app = TestApp::new().await;
    let manager = app.member(Role::Manager).await;
    app.sent("Ana Ruiz", Channel::Email, 1).await;
    app.sent("=Ben Berg", Channel::Email, 0).await;
    let answer = manager.get("/projects/cup/messages/export.csv").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8");
    assert!(answer.header("content-disposition").starts_with("attachment; filename=\"messages-cup-20"));
    let lines: Vec<&str> = answer.body.split("\r\n").collect();
    assert_eq!(lines.len(), 5, "{}", answer.body);
    assert_eq!(
        lines[0],
        "\u{feff}UUID,Customer,Sent to,Channel,Template,Request,Status,Scheduled,Sent,Delivered,Opened,Clicked,Failed because,Rating"
    );
    assert!(answer.body.contains(",Ana Ruiz,") && answer.body.contains(",Email,Reminder 1,1,Scheduled,20"));
    // A formula in the eyes of a spreadsheet.
    assert!(answer.body.contains("\"'=Ben Berg\","), "{}", answer.body);
    let filtered = manager.get("/projects/cup/messages/export.csv?q=ana&template=reminder").await.body;
    assert_eq!(filtered.matches("Ana Ruiz").count(), 1);
    // A condition that cannot be read must not become "all".
    let unreadable = manager.get("/projects/cup/messages/export.csv?status=new").await;
    assert_eq!(unreadable.status, StatusCode::UNPROCESSABLE_ENTITY);
    let operator = app.member(Role::Operator).await;
    assert_eq!(operator.get("/projects/cup/messages/export.csv").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_long_list_is_whole_and_in_order() {
    let w = World::new().await;
    for n in 0..5 {
        let customer = w.customer(&format!("Customer {n}"), &format!("c{n}@example.com"), "").await;
        w.ask(customer, &[Channel::Email], 3).await;
    }
    let filter = MessageFilter::parse("sort=scheduled&dir=asc");
    let export = Export::new(w.manager.clone(), filter).await.unwrap().reading(3);
    let parts: Vec<String> = export::messages(export).try_collect().await.unwrap();
    assert_eq!(parts.len(), 8, "the head, and twenty by threes");
    let file = parts.concat();
    let scheduled: Vec<&str> = file.lines().skip(1).map(|line| line.split(',').nth(7).unwrap()).collect();
    assert_eq!(scheduled.len(), 20);
    assert!(scheduled.is_sorted());
}
