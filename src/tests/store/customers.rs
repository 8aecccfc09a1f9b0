//! Customers: the list, what staff change, and what follows for their messages.

use super::shop::{NOW, Shop, project};
use crate::{
    domain::{
        AppError, AppResult, CustomerId, Timestamp,
        customer::{CustomerForm, CustomerRow, CustomersAt, CustomersQuery},
        message::{CancelCause, Channel},
        review::Rating,
        status::{State, Status},
    },
    server::store::{
        counters, customers, messages,
        reviews::{self, NewReview},
    },
};

fn form(name: &str) -> CustomerForm {
    CustomerForm { name: name.into(), ..CustomerForm::default() }
}

/// All pages of the list, one after another.
async fn list(shop: &Shop, query: &str) -> Vec<CustomerRow> {
    let (mut rows, mut query) = (Vec::new(), CustomersQuery::parse(query));
    loop {
        let page = customers::page(&shop.manager, &query).await.unwrap();
        assert!(page.rows.len() <= 50 && (page.next.is_none() || page.rows.len() == 50));
        assert_eq!(page.first_row, if page.rows.is_empty() { 0 } else { rows.len() as u64 + 1 });
        assert_eq!(page.previous.is_some(), !rows.is_empty());
        rows.extend(page.rows.clone());
        let Some(next) = page.next.clone() else {
            assert_eq!(page.total(), Some(rows.len() as u64));
            return rows;
        };
        assert_eq!(page.total(), None);
        query = query.to(CustomersAt::After(next));
    }
}

fn names(rows: &[CustomerRow]) -> Vec<&str> {
    rows.iter().map(|r| r.name.as_str()).collect()
}

fn is_missing<T: std::fmt::Debug>(result: AppResult<T>) -> bool {
    matches!(result, Err(AppError::NotFound(_)))
}

#[tokio::test]
async fn the_list_goes_by_name_and_shows_each_once() {
    let shop = Shop::empty(0).await;
    let mut expected = Vec::new();
    for n in 0..120 {
        // Names that tie, and that hold what the address is made of.
        let name = ["Ana~Ruiz", "Ben & Co=1", "Cleo", "Émile"][n % 4];
        expected.push((name, customers::add(&shop.manager, &form(name), NOW).await.unwrap()));
    }
    let rows = list(&shop, "").await;
    expected.sort();
    assert_eq!(rows.iter().map(|r| (r.name.as_str(), r.id)).collect::<Vec<_>>(), expected);
    let hostile = "sort=added&after=1.0190163d8694739baea5966c26f8ad91.x";
    for hostile in ["after=", "after=x", "before=%00~", "after=1..b", "q=%00", "q=%F0%9F%98%80", "tag=%00", hostile] {
        customers::page(&shop.manager, &CustomersQuery::parse(hostile)).await.unwrap();
    }
}

#[tokio::test]
async fn the_list_is_searched_and_hides_the_archived() {
    let shop = Shop::empty(12).await;
    customers::set_archived(&shop.manager, shop.customers[7], true, NOW).await.unwrap();
    customers::set_unsubscribed(&shop.manager, shop.customers[0], true, NOW).await.unwrap();
    let found = async |query: &str| {
        let rows = list(&shop, query).await;
        names(&rows).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(found("").await.len(), 11);
    assert_eq!(found("q=GARCIA").await, ["José García"]);
    assert_eq!(found("q=100%25").await, ["100% Real_Name"]);
    assert_eq!(found("q=%25").await.len(), 3, "three of a company, two of them by name too");
    assert_eq!(found("q=%2B1+(555)+010-0003").await, ["back\\slash"]);
    assert_eq!(found("q=customer.1").await.len(), 3);
    assert_eq!(found("q=nobody").await, Vec::<String>::new());
    assert_eq!(found("archived=yes").await, ["Ana Ruiz"]);
    assert_eq!(found("unsubscribed=yes").await, ["José García"]);
    assert_eq!(found("status=unsubscribed&q=garcia").await.len(), 1);
    assert_eq!(found("status=archived&q=garcia").await.len(), 0);
    let other = project(&shop.db, "other").await;
    assert_eq!(customers::page(&other, &CustomersQuery::default()).await.unwrap().rows, []);
}

#[tokio::test]
async fn an_address_belongs_to_one_customer_and_a_location_to_the_project() {
    let shop = Shop::empty(2).await;
    let field = |r: AppResult<CustomerId>| match r.unwrap_err() {
        AppError::Invalid { field, message, .. } => (field, message),
        other => panic!("{other:?}"),
    };
    let taken = CustomerForm { email: "customer.0@example.com".into(), ..form("Eve") };
    let (name, sentence) = field(customers::add(&shop.manager, &taken, NOW).await);
    assert_eq!((name.as_str(), sentence.as_str()), ("email", "José García already has this email address."));
    let taken = CustomerForm { phone: "+15550100001".into(), ..form("Eve") };
    assert_eq!(field(customers::add(&shop.manager, &taken, NOW).await).0, "phone");
    let own = CustomerForm { email: "customer.0@example.com".into(), ..form("José") };
    customers::edit(&shop.manager, shop.customers[0], &own, NOW).await.unwrap();
    assert!(
        customers::edit(&shop.manager, shop.customers[1], &own, NOW).await.unwrap_err().for_field("email").is_some()
    );

    let other = project(&shop.db, "other").await;
    let foreign = CustomerForm { location: shop.locations[0].to_string(), ..form("Eve") };
    assert_eq!(field(customers::add(&other, &foreign, NOW).await).0, "location");
    customers::add(&other, &CustomerForm { location: String::new(), ..own }, NOW).await.unwrap();
    assert_eq!(shop.number("select count(*) from customer").await, 3);
}

#[tokio::test]
async fn unsent_messages_follow_the_customers_address() {
    let shop = Shop::empty(1).await;
    let waiting = shop.message(0, Channel::Email, NOW);
    let mut sent = shop.message(0, Channel::Email, NOW);
    sent.past.facts.sent = Some(NOW);
    let sms = shop.message(0, Channel::Sms, NOW);
    shop.insert(&[waiting.clone(), sent.clone(), sms.clone()]).await;
    let new = CustomerForm { email: "new@example.com".into(), ..form("José") };
    customers::edit(&shop.manager, shop.customers[0], &new, NOW).await.unwrap();
    let recipient = async |id| messages::row(&shop.manager, id).await.unwrap().recipient;
    assert_eq!(recipient(waiting.id).await, "new@example.com");
    assert_eq!(recipient(sent.id).await, "customer.0@example.com");
    assert_eq!(recipient(sms.id).await, "+15550100000");
}

#[tokio::test]
async fn unsubscribing_archiving_and_a_review_stop_what_is_unsent() {
    let shop = Shop::empty(3).await;
    let new: Vec<_> = (0..3).map(|n| shop.message(n, Channel::Email, NOW.plus(Timestamp::HOUR))).collect();
    shop.insert(&new).await;
    let manager = &shop.manager;
    assert_eq!(customers::set_unsubscribed(manager, shop.customers[0], true, NOW).await.unwrap().done, 1);
    assert_eq!(customers::set_archived(manager, shop.customers[1], true, NOW).await.unwrap().done, 1);
    let review = NewReview {
        customer: shop.customers[2],
        rating: Rating::new(4).unwrap(),
        text: "Good".into(),
        source: Some((new[2].id, shop.requests[2])),
    };
    reviews::add(manager, &review, NOW).await.unwrap();
    assert!(matches!(reviews::add(manager, &review, NOW).await, Err(AppError::Conflict(_))), "one review a request");
    for (message, cause) in new.iter().zip([CancelCause::Unsubscribed, CancelCause::Archived, CancelCause::Reviewed]) {
        let seen = messages::detail(manager, message.id).await.unwrap();
        assert_eq!((seen.row.status, seen.row.cancel_cause, seen.undo), (Status::Canceled, Some(cause), None));
        assert_eq!(seen.timeline.last().unwrap().detail.as_deref(), Some(cause.sentence()));
    }
    // The first time counts, and taking it back brings nothing back.
    let later = NOW.plus(Timestamp::DAY);
    customers::set_unsubscribed(manager, shop.customers[0], true, later).await.unwrap();
    assert_eq!(shop.number("select max(unsubscribed_at) from customer").await, NOW.0);
    customers::set_unsubscribed(manager, shop.customers[0], false, later).await.unwrap();
    assert_eq!(shop.number("select count(*) from customer where unsubscribed_at is not null").await, 0);
    assert_eq!(messages::row(manager, new[0].id).await.unwrap().state, State::Canceled);
}

#[tokio::test]
async fn deleting_a_customer_takes_everything_along() {
    let shop = Shop::empty(2).await;
    let (manager, customer) = (&shop.manager, shop.customers[0]);
    let message = shop.message(0, Channel::Email, NOW);
    shop.insert(&[message.clone(), shop.message(1, Channel::Email, NOW)]).await;
    customers::add_note(manager, customer, "Likes tea", NOW).await.unwrap();
    customers::set_tags(manager, customer, &["regular".into()]).await.unwrap();
    let review = NewReview { customer, rating: Rating::new(5).unwrap(), text: String::new(), source: None };
    reviews::add(manager, &review, NOW).await.unwrap();
    shop.execute("update message set state = 1").await;
    let busy = customers::delete(manager, customer).await;
    assert!(matches!(busy, Err(AppError::Conflict(_))), "{busy:?}");
    assert_eq!(shop.number("select count(*) from note").await, 1, "a refused deletion takes nothing");
    shop.execute("update message set state = 0").await;
    customers::delete(manager, customer).await.unwrap();
    for (sql, left) in [
        ("select count(*) from customer", 1),
        ("select count(*) from request", 1),
        ("select count(*) from message", 1),
        ("select count(*) from message_search", 1),
        ("select count(*) from note", 0),
        ("select count(*) from customer_tag", 0),
        ("select count(*) from review", 0),
    ] {
        assert_eq!(shop.number(sql).await, left, "{sql}");
    }
    assert_eq!(counters::audit(&shop.db, false).await.unwrap(), []);
    assert!(is_missing(customers::delete(manager, customer).await));
}

#[tokio::test]
async fn nothing_of_another_project_can_be_read_or_changed() {
    let shop = Shop::empty(1).await;
    let other = project(&shop.db, "other").await;
    let customer = shop.customers[0];
    let note = customers::add_note(&shop.manager, customer, "Likes tea", NOW).await.unwrap();
    let version = "select sum(last_number) + count(unsubscribed_at) + count(archived_at) from customer";
    let before = shop.number(version).await;
    assert!(is_missing(customers::profile(&other, customer, Default::default()).await));
    assert!(is_missing(customers::edit(&other, customer, &form("Eve"), NOW).await));
    assert!(is_missing(customers::set_tags(&other, customer, &["x".into()]).await));
    assert!(is_missing(customers::add_note(&other, customer, "x", NOW).await));
    assert!(is_missing(customers::delete_note(&other, customer, note).await));
    assert!(is_missing(customers::set_unsubscribed(&other, customer, true, NOW).await));
    assert!(is_missing(customers::set_archived(&other, customer, true, NOW).await));
    assert!(is_missing(customers::cancel_unsent(&other, customer, NOW).await));
    assert!(is_missing(customers::delete(&other, customer).await));
    let review = NewReview { customer, rating: Rating::new(1).unwrap(), text: String::new(), source: None };
    assert!(is_missing(reviews::add(&other, &review, NOW).await));
    assert_eq!(shop.number(version).await, before);
    assert_eq!(shop.number("select count(*) from note").await, 1);
    assert_eq!(shop.number("select count(*) from review").await, 0);
}
