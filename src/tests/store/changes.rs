//! Opening a database, and notifications of its changes.

use super::shop::{NOW, Shop, project};
use crate::{
    domain::{AppError, ProjectId},
    server::store::{self, Db, customers, tally},
    tests::database,
};
use std::time::Duration;
use tokio::{sync::broadcast::Receiver, time::timeout};

async fn next(news: &mut Receiver<ProjectId>) -> ProjectId {
    timeout(Duration::from_secs(10), news.recv()).await.expect("news in time").unwrap()
}

/// The same database as another process opens it.
async fn reopened(fresh: &database::Fresh) -> Db {
    store::open(&fresh.url).await.unwrap()
}

#[tokio::test]
async fn each_change_raises_its_projects_version_and_is_told() {
    let shop = Shop::empty(0).await;
    let other = project(&shop.db, "other").await;
    let mut news = shop.db.changes();
    let versions = async || {
        let own = tally::version(&shop.db, shop.manager.project).await.unwrap();
        (own, tally::version(&shop.db, other.project).await.unwrap())
    };
    let (own, others) = versions().await;
    let form = crate::domain::customer::CustomerForm { name: "Ana".into(), ..Default::default() };
    customers::add(&shop.manager, &form, NOW).await.unwrap();
    assert_eq!(next(&mut news).await, shop.manager.project);
    assert_eq!(versions().await, (own + 1, others));
}

#[tokio::test]
async fn what_another_process_changes_is_told_too() {
    let fresh = database::fresh().await;
    let there = reopened(&fresh).await;
    let (first, second) = (project(&fresh.db, "first").await, project(&fresh.db, "second").await);
    let mut news = fresh.db.changes();
    // At first it may notify of the projects' creation.
    tokio::time::sleep(Duration::from_secs(2)).await;
    while news.try_recv().is_ok() {}
    for manager in [&second, &first, &second] {
        let tx = there.begin_in(manager.project).await.unwrap();
        there.commit(tx, manager.project).await.unwrap();
        assert_eq!(next(&mut news).await, manager.project);
    }
    assert!(news.try_recv().is_err(), "told once");
}

#[tokio::test]
async fn opening_again_finds_everything_as_it_was() {
    let fresh = database::fresh().await;
    let manager = project(&fresh.db, "shop").await;
    let again = reopened(&fresh).await;
    assert_eq!(store::projects::by_slug(&again, "shop").await.unwrap(), Some(manager.project));
    again.close().await;
    assert!(again.is_closed());
}

#[tokio::test]
async fn a_wrong_address_is_named() {
    for url in ["", "mysql://a/b", "nonsense"] {
        match store::open(url).await {
            Err(AppError::Invalid { field, message, .. }) => {
                assert_eq!(field, "DATABASE_URL");
                assert!(message.contains("DATABASE_URL"), "{message}");
            }
            other => panic!("{url}: {:?}", other.err()),
        }
    }
}
