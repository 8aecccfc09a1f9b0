//! A customer's profile: the page of messages that holds the one asked for, in both views.

use super::shop::{NOW, Shop};
use crate::{
    domain::{
        MessageId, Timestamp,
        customer::{Profile, ProfileQuery, ProfileView},
        message::Channel,
        review::{EarnedReview, Rating},
    },
    server::{
        demo::chance::Chance,
        store::{
            customers,
            id::NewId,
            reviews::{self, NewReview},
            steering,
        },
    },
};
use std::cmp::Reverse;

/// One message: its request's number, its times, its id.
type Placed = (i32, Timestamp, Option<Timestamp>, MessageId);

/// A customer with 180 messages in 40 requests, some sent at another time than planned.
async fn regular() -> (Shop, Vec<Placed>) {
    let mut chance = Chance::new(9);
    let mut shop = Shop::empty(2).await;
    let (mut placed, mut new) = (Vec::new(), Vec::new());
    for number in 1..=40 {
        if number > 1 {
            shop.requests[0] = shop.add_request(shop.customers[0], number).await;
        }
        for _ in 0..chance.between(1, 9) {
            let mut m = shop.message(0, Channel::Email, NOW.plus(chance.between(-300, 50) * 12 * Timestamp::HOUR));
            if m.scheduled < NOW {
                m.past.facts.sent = Some(m.scheduled.plus(chance.between(0, 4) * Timestamp::DAY));
            }
            placed.push((number, m.scheduled, m.past.facts.sent, m.id));
            new.push(m);
        }
    }
    new.push(shop.message(1, Channel::Sms, NOW));
    shop.insert(&new).await;
    (shop, placed)
}

fn in_order(placed: &[Placed], view: ProfileView) -> Vec<MessageId> {
    let mut placed = placed.to_vec();
    match view {
        ProfileView::Grouped => placed.sort_by_key(|(number, at, _, id)| (Reverse(*number), *at, *id)),
        ProfileView::List => placed.sort_by_key(|(_, at, sent, id)| Reverse((sent.unwrap_or(*at), *id))),
    }
    placed.into_iter().map(|p| p.3).collect()
}

async fn look(shop: &Shop, view: ProfileView, message: Option<MessageId>, page: u32) -> Profile {
    customers::profile(&shop.manager, shop.customers[0], ProfileQuery { view, message, page }).await.unwrap()
}

#[tokio::test]
async fn each_page_of_either_view_holds_fifty_in_order() {
    let (shop, placed) = regular().await;
    for view in [ProfileView::Grouped, ProfileView::List] {
        let expected = in_order(&placed, view);
        for (page, rows) in (1..).zip(expected.chunks(50)) {
            let seen = look(&shop, view, None, page).await;
            assert_eq!(seen.messages.iter().map(|m| m.id).collect::<Vec<_>>(), rows, "{view:?} {page}");
            assert_eq!((seen.page, seen.pages as usize), (page, expected.len().div_ceil(50)));
            assert_eq!(seen.message_total as usize, expected.len());
            assert!(!seen.target_found);
        }
        let beyond = look(&shop, view, None, u32::MAX).await;
        assert_eq!((beyond.page, look(&shop, view, None, 0).await.page), (beyond.pages, 1));
        let unsent = placed.iter().filter(|p| p.2.is_none()).count();
        assert_eq!(beyond.unsent as usize, unsent);
    }
}

#[tokio::test]
async fn a_link_to_a_message_opens_its_page_in_either_view() {
    let (shop, placed) = regular().await;
    for view in [ProfileView::Grouped, ProfileView::List] {
        for (_, _, _, id) in placed.iter().step_by(7) {
            let seen = look(&shop, view, Some(*id), 1).await;
            assert!(seen.target_found && seen.messages.iter().any(|m| m.id == *id), "{view:?}");
        }
        // Another customer's message, and one that is gone: the page asked for, without a mark.
        let foreign = sqlx::query_scalar("select id from message where customer_id = $1");
        let foreign: MessageId = foreign.bind(shop.customers[1]).fetch_one(shop.db.read()).await.unwrap();
        for id in [foreign, MessageId::new()] {
            let seen = look(&shop, view, Some(id), 2).await;
            assert_eq!((seen.target_found, seen.page), (false, 2));
        }
    }
}

#[tokio::test]
async fn everything_about_the_customer_stands_beside() {
    let shop = Shop::empty(1).await;
    let (manager, customer) = (&shop.manager, shop.customers[0]);
    let message = shop.message(0, Channel::Email, NOW);
    shop.insert(std::slice::from_ref(&message)).await;
    customers::add_note(manager, customer, "Likes tea", NOW).await.unwrap();
    let note = customers::add_note(manager, customer, "Allergic to nuts", NOW.plus(1)).await.unwrap();
    customers::set_tags(manager, customer, &["vip".into(), "regular".into()]).await.unwrap();
    customers::set_tags(manager, customer, &["regular".into(), "new".into()]).await.unwrap();
    let rating = Rating::new(5).unwrap();
    let source = Some((message.id, shop.requests[0]));
    let own = NewReview { customer, rating, text: "Lovely".into(), source };
    reviews::add(manager, &own, NOW).await.unwrap();
    let told = NewReview { customer, rating, text: "By phone".into(), source: None };
    reviews::add(manager, &told, NOW.plus(1)).await.unwrap();

    let seen = look(&shop, ProfileView::Grouped, None, 1).await;
    assert_eq!(seen.customer.tags, ["new", "regular"]);
    assert_eq!(seen.customer.location, Some(shop.locations[0]));
    let notes: Vec<_> = seen.notes.iter().map(|n| (n.text.as_str(), n.author.as_str())).collect();
    assert_eq!(notes, [("Allergic to nuts", "Mia"), ("Likes tea", "Mia")]);
    let reviews: Vec<_> =
        seen.reviews.iter().map(|r| (r.text.as_str(), r.message, r.message_label.as_deref())).collect();
    assert_eq!(reviews, [("By phone", None, None), ("Lovely", Some(message.id), Some("Request by Email"))]);
    assert_eq!(
        crate::server::store::messages::detail(manager, message.id).await.unwrap().review,
        Some(EarnedReview { id: seen.reviews[1].id, rating, created: seen.reviews[1].created })
    );

    customers::delete_note(manager, customer, note).await.unwrap();
    steering::delete(manager, message.id).await.unwrap();
    let seen = look(&shop, ProfileView::List, None, 1).await;
    assert_eq!((seen.notes.len(), seen.message_total, seen.pages), (1, 0, 1));
    assert_eq!(seen.reviews[1].message, None, "the review outlives its message");
}
