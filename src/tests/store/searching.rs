//! The search against brute force.

use super::shop::{Known, NOW, Shop, expected, project};
use crate::{
    domain::{
        filter::{MessageFilter, MessagesQuery},
        message::Channel,
        page::{PageAt, PageRef},
    },
    server::{
        demo::chance::Chance,
        store::{
            customers, messages,
            search::{self, FEW, Hits},
        },
    },
};

async fn assert_like_brute_force(shop: &Shop, known: &[Known], filter: &MessageFilter) {
    let rows = expected(known, filter);
    for (at, shown) in [
        (PageAt::First, rows.iter().take(25).copied().collect::<Vec<_>>()),
        (PageAt::Last, rows.iter().skip(rows.len().saturating_sub(25)).copied().collect()),
    ] {
        let query = MessagesQuery { filter: filter.clone(), page: PageRef { at, per: Some(25) }, chart: None };
        let page = messages::page(&shop.manager, &query).await.unwrap();
        assert_eq!(page.place.total, rows.len() as u64, "{filter:?}");
        assert_eq!(page.rows.iter().map(|r| r.id).collect::<Vec<_>>(), shown, "{filter:?}");
    }
}

/// A piece of a text, as somebody might type it.
fn piece(text: &str, chance: &mut Chance) -> String {
    let chars: Vec<char> = text.chars().collect();
    let start = chance.between(0, chars.len() as i64) as usize;
    let len = chance.between(1, 9) as usize;
    let piece: String = chars.iter().skip(start).take(len).collect();
    let piece = match chance.between(0, 3) {
        0 => piece.to_uppercase(),
        1 => piece.to_lowercase(),
        _ => piece,
    };
    as_asked(&piece)
}

/// As it is read from the address.
fn as_asked(q: &str) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("q", q).finish();
    MessageFilter::parse(&query).q
}

#[tokio::test]
async fn any_text_finds_what_brute_force_finds() {
    let mut chance = Chance::new(5);
    let shop = Shop::full(24, 260, &mut chance).await;
    let known = shop.known().await;
    for n in 0..2_000 {
        let text = chance.pick(&known).texts();
        let q = match n % 4 {
            // Random letters, mostly without a match.
            0 => (0..chance.between(1, 5))
                .map(|_| *chance.pick(&['a', 'Z', '%', '_', '\\', '"', '\'', 'é', ' ', '1', '-', '(', '*']))
                .collect(),
            _ => piece(chance.pick::<String>(&text), &mut chance),
        };
        let q = as_asked(&q);
        // Each tenth among other conditions.
        let filter = if n % 10 == 0 { shop.any_filter(&mut chance) } else { MessageFilter::default() };
        assert_like_brute_force(&shop, &known, &MessageFilter { q, ..filter }).await;
    }
}

#[tokio::test]
async fn what_many_rows_hold_is_found_on_a_walk() {
    let mut chance = Chance::new(6);
    let shop = Shop::full(24, FEW + 200, &mut chance).await;
    let known = shop.known().await;
    for q in ["example.com", "EXAMPLE", "e", "55", "%", "customer.1", "it's", "\"next\"", "no such user", "ruiz", "zzz"]
    {
        let hits = search::hits(&shop.manager, q).await.unwrap();
        let many = expected(&known, &MessageFilter { q: q.into(), ..MessageFilter::default() }).len() > FEW;
        assert_eq!(matches!(hits, Hits::Many(_)), many || q.chars().count() < 3, "{q}");
        for _ in 0..4 {
            let filter = MessageFilter { q: q.into(), ..shop.any_filter(&mut chance) };
            assert_like_brute_force(&shop, &known, &filter).await;
        }
    }
}

#[tokio::test]
async fn words_are_found_in_any_order() {
    let shop = Shop::empty(2).await;
    let form = crate::domain::customer::CustomerForm {
        name: "Ravi Schneider".into(),
        company: "Blue Door".into(),
        email: "r.s@example.com".into(),
        ..Default::default()
    };
    customers::edit(&shop.manager, shop.customers[0], &form, NOW).await.unwrap();
    shop.insert(&[shop.message(0, Channel::Email, NOW), shop.message(1, Channel::Email, NOW)]).await;
    for (q, found) in [
        ("ravi schneider", 1),
        ("schneider ravi", 1),
        ("SCHNEI  ra", 1),
        ("door ravi example.com", 1),
        ("visit schneider", 1),
        ("example com", 2),
        ("ex co", 2),
        ("hn av", 1),
        ("schneider garcia", 0),
        ("schneiderravi", 0),
        ("ravi xy", 0),
    ] {
        let filter = MessageFilter { q: q.into(), ..MessageFilter::default() };
        let page = messages::page(&shop.manager, &MessagesQuery { filter, ..MessagesQuery::default() }).await.unwrap();
        assert_eq!((page.place.total, page.rows.len() as u64), (found, found), "{q}");
    }
    for (query, found) in [("q=schneider+ravi", 1), ("q=door+sch", 1), ("q=schneider+nobody", 0)] {
        let query = crate::domain::customer::CustomersQuery::parse(query);
        assert_eq!(customers::page(&shop.manager, &query).await.unwrap().rows.len(), found, "{query:?}");
    }
}

#[tokio::test]
async fn telephone_numbers_are_found_as_people_write_them() {
    let shop = Shop::empty(8).await;
    let messages: Vec<_> = (0..8).map(|n| shop.message(n, Channel::Sms, NOW)).collect();
    shop.insert(&messages).await;
    for q in ["+1 (555) 010-0003", "+15550100003", "(555) 010 0003", "0003"] {
        let query = MessagesQuery {
            filter: MessageFilter { q: q.into(), ..MessageFilter::default() },
            ..MessagesQuery::default()
        };
        let page = messages::page(&shop.manager, &query).await.unwrap();
        assert_eq!(page.rows.iter().map(|r| r.id).collect::<Vec<_>>(), [messages[3].id], "{q}");
    }
}

#[tokio::test]
async fn a_search_follows_what_changes_and_stays_in_its_project() {
    let shop = Shop::empty(2).await;
    let other = project(&shop.db, "other").await;
    let total = async |manager: &crate::server::store::guard::Manager, q: &str| {
        let filter = MessageFilter { q: q.into(), ..MessageFilter::default() };
        messages::page(manager, &MessagesQuery { filter, ..MessagesQuery::default() }).await.unwrap().place.total
    };
    shop.insert(&[shop.message(0, Channel::Email, NOW), shop.message(1, Channel::Email, NOW)]).await;
    // The tally of a short text is cached.
    for q in ["garcia", "ga"] {
        assert_eq!(total(&shop.manager, q).await, 1, "{q}");
        assert_eq!(total(&other, q).await, 0, "{q}");
    }
    let form = crate::domain::customer::CustomerForm { name: "Mélanie".into(), ..Default::default() };
    customers::edit(&shop.manager, shop.customers[0], &form, NOW).await.unwrap();
    for (q, found) in [("garcia", 0), ("ga", 0), ("melanie", 1), ("él", 1)] {
        assert_eq!(total(&shop.manager, q).await, found, "{q}");
    }
    shop.insert(&[shop.message(0, Channel::Sms, NOW)]).await;
    assert_eq!((total(&shop.manager, "melanie").await, total(&shop.manager, "me").await), (2, 3));
    customers::delete(&shop.manager, shop.customers[0]).await.unwrap();
    assert_eq!((total(&shop.manager, "melanie").await, total(&shop.manager, "me").await), (0, 1));
    assert_eq!(shop.number("select count(*) from message_search").await, 1);
}
