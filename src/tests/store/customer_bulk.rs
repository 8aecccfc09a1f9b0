//! Changes of many customers at once: each with an honest result.

use super::shop::{NOW, Shop, project};
use crate::{
    domain::{
        CustomerId, Timestamp,
        customer::{
            CustomersQuery,
            bulk::{BulkAction, BulkChange, CustomerSelection, CustomerSkip, CustomersOutcome},
            filter::CustomerFilter,
        },
        message::Channel,
    },
    server::store::{
        counters,
        customers::{self, Export},
    },
};

fn change(action: BulkAction) -> BulkChange {
    BulkChange { action, tag: if action.has_tag() { "VIP".into() } else { String::new() } }
}

async fn run(shop: &Shop, selection: &CustomerSelection, action: BulkAction) -> CustomersOutcome {
    customers::change_selection(&shop.manager, selection, &change(action), NOW).await.unwrap()
}

fn these(ids: &[CustomerId]) -> CustomerSelection {
    CustomerSelection::These(ids.to_vec())
}

fn matching(query: &str, except: &[CustomerId]) -> CustomerSelection {
    CustomerSelection::Matching { filter: Box::new(CustomerFilter::parse(query)), except: except.to_vec() }
}

fn outcome(done: u64, canceled: u64, skipped: &[(CustomerSkip, u64)]) -> CustomersOutcome {
    CustomersOutcome { done, canceled, skipped: skipped.to_vec() }
}

#[tokio::test]
async fn unsubscribing_and_archiving_many_cancels_what_is_unsent() {
    let shop = Shop::empty(4).await;
    let new: Vec<_> = (0..4).map(|n| shop.message(n, Channel::Email, NOW.plus(Timestamp::HOUR))).collect();
    shop.insert(&new).await;
    customers::set_unsubscribed(&shop.manager, shop.customers[1], true, NOW).await.unwrap();
    let gone = CustomerId(uuid::Uuid::from_u128(7));
    let selection = these(&[shop.customers[0], shop.customers[1], gone]);
    assert_eq!(customers::count_selection(&shop.manager, &selection).await.unwrap(), 2);
    let skipped = [(CustomerSkip::Already, 1), (CustomerSkip::Gone, 1)];
    assert_eq!(run(&shop, &selection, BulkAction::Unsubscribe).await, outcome(1, 1, &skipped));
    assert_eq!(shop.number("select count(*) from customer where unsubscribed_at is not null").await, 2);
    assert_eq!(shop.number("select count(*) from message where state = 4").await, 2);
    assert_eq!(shop.number("select count(*) from message_event e join message m on m.project_id = e.project_id and m.id = e.message_id where m.state = 4").await, 2);

    // All that match but one.
    let rest = matching("", &[shop.customers[3]]);
    assert_eq!(customers::count_selection(&shop.manager, &rest).await.unwrap(), 3);
    assert_eq!(run(&shop, &rest, BulkAction::Archive).await, outcome(3, 1, &[]));
    assert_eq!(shop.number("select count(*) from message where state = 4").await, 3);
    assert_eq!(customers::page(&shop.manager, &CustomersQuery::default()).await.unwrap().rows.len(), 1);
    assert_eq!(run(&shop, &matching("", &[shop.customers[3]]), BulkAction::Archive).await, outcome(0, 0, &[]));
    assert_eq!(run(&shop, &matching("status=archived", &[]), BulkAction::Unarchive).await, outcome(3, 0, &[]));
    assert_eq!(shop.number("select count(*) from message where state = 4").await, 3, "what was canceled stays so");
    assert_eq!(counters::audit(&shop.db, false).await.unwrap(), []);
}

#[tokio::test]
async fn many_are_tagged_and_untagged() {
    let shop = Shop::empty(3).await;
    let [a, b, c] = shop.customers[..] else { panic!() };
    let full: Vec<String> = (0..20).map(|n| format!("tag {n}")).collect();
    customers::set_tags(&shop.manager, a, &full).await.unwrap();
    customers::set_tags(&shop.manager, b, &["vip".into()]).await.unwrap();
    let skipped = [(CustomerSkip::ManyTags, 1), (CustomerSkip::Already, 1)];
    assert_eq!(run(&shop, &these(&[a, b, c]), BulkAction::AddTag).await, outcome(1, 0, &skipped));
    assert_eq!(shop.number("select count(*) from customer_tag where tag = 'VIP'").await, 1);
    let selection = matching("tag=VIP", &[]);
    assert_eq!(customers::count_selection(&shop.manager, &selection).await.unwrap(), 1);
    assert_eq!(
        run(&shop, &these(&[b, c, a]), BulkAction::RemoveTag).await,
        outcome(2, 0, &[(CustomerSkip::Already, 1)])
    );
    assert_eq!(shop.number("select count(*) from customer_tag").await, 20);
}

#[tokio::test]
async fn many_are_deleted_but_those_who_are_being_written_to() {
    let shop = Shop::empty(3).await;
    let new: Vec<_> = [0, 0, 1].into_iter().map(|n| shop.message(n, Channel::Email, NOW)).collect();
    shop.insert(&new).await;
    customers::add_note(&shop.manager, shop.customers[1], "Likes tea", NOW).await.unwrap();
    // The first of two messages to the first customer.
    shop.execute("update message set state = 1 where seq in (select min(seq) from message)").await;
    assert_eq!(
        run(&shop, &matching("", &[]), BulkAction::Delete).await,
        outcome(2, 0, &[(CustomerSkip::BeingSent, 1)])
    );
    assert_eq!(shop.number("select count(*) from message").await, 2, "whoever stays keeps everything");
    assert_eq!(shop.number("select count(*) from note").await, 0);
    assert_eq!(counters::audit(&shop.db, false).await.unwrap(), []);
}

#[tokio::test]
async fn a_bulk_change_stays_in_its_project_and_goes_through_many() {
    let shop = Shop::empty(1).await;
    let other = project(&shop.db, "other").await;
    let foreign = customers::change_selection(&other, &these(&shop.customers), &change(BulkAction::Delete), NOW).await;
    assert_eq!(foreign.unwrap(), outcome(0, 0, &[(CustomerSkip::Gone, 1)]));
    let all = customers::change_selection(&other, &matching("", &[]), &change(BulkAction::Archive), NOW).await;
    assert_eq!(all.unwrap(), outcome(0, 0, &[]));
    let mut tx = shop.db.begin_in(shop.manager.project).await.unwrap();
    for n in 0..1_203_i64 {
        sqlx::query("insert into customer (project_id, id, name, search_text, created_at) values ($1, $2, $3, $4, $5)")
            .bind(shop.manager.project)
            .bind(CustomerId(uuid::Uuid::now_v7()))
            .bind(format!("Many {n:04}"))
            .bind(format!("many {n:04}"))
            .bind(NOW)
            .execute(&mut *tx)
            .await
            .unwrap();
    }
    shop.db.commit(tx, shop.manager.project).await.unwrap();
    let mut export = Export::new(shop.manager.clone(), CustomerFilter::parse("q=many&dir=desc"));
    let mut names = Vec::new();
    loop {
        let some = export.next().await.unwrap();
        if some.is_empty() {
            break;
        }
        names.extend(some.into_iter().map(|row| row.name));
    }
    assert_eq!((names.len(), names[0].as_str(), names[1_202].as_str()), (1_203, "Many 1202", "Many 0000"));
    assert_eq!(run(&shop, &matching("q=many", &[]), BulkAction::AddTag).await, outcome(1_203, 0, &[]));
    assert_eq!(run(&shop, &matching("tag=VIP", &[]), BulkAction::Archive).await, outcome(1_203, 0, &[]));
    assert_eq!(run(&shop, &matching("status=archived", &[]), BulkAction::Delete).await, outcome(1_203, 0, &[]));
    assert_eq!(shop.number("select count(*) from customer").await, 1);
    assert_eq!(shop.number("select count(*) from customer_tag").await, 0);
}
