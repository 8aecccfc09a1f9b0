//! Locations and tags: what moves with them.

use super::shop::{NOW, Shop, project};
use crate::{
    domain::customer::{CustomerForm, bulk::CustomerSelection, filter::CustomerFilter},
    server::{
        demo::chance::Chance,
        store::{counters, customers, locations, tags},
    },
};

#[tokio::test]
async fn a_removed_location_hands_over_what_it_has() {
    let mut chance = Chance::new(3);
    let shop = Shop::full(12, 300, &mut chance).await;
    let manager = &shop.manager;
    let rows = locations::list(manager).await.unwrap();
    let (harbor, old_town) = (shop.locations[0], shop.locations[1]);
    let of = |id| rows.iter().find(|row| row.id == id).unwrap();
    let known = shop.known().await;
    for row in &rows {
        let messages = known.iter().filter(|message| message.location_id == Some(row.id)).count() as u64;
        assert_eq!((row.customers, row.messages), (3, messages), "{}", row.name);
    }
    let (name, customers, messages) = locations::remove(manager, harbor, Some(old_town)).await.unwrap();
    assert_eq!((name.as_str(), customers, messages), ("Harbor", 3, of(harbor).messages));
    let after = locations::list(manager).await.unwrap();
    let now = after.iter().find(|row| row.id == old_town).unwrap();
    assert_eq!((now.customers, now.messages), (6, of(harbor).messages + of(old_town).messages));
    assert_eq!(counters::audit(&shop.db, false).await.unwrap(), []);
    assert!(locations::remove(manager, harbor, None).await.is_err(), "it is gone");
    assert!(locations::remove(manager, old_town, Some(old_town)).await.is_err());
    assert!(locations::remove(manager, old_town, Some(harbor)).await.is_err(), "it moves to none that is gone");
    let (_, customers, messages) = locations::remove(manager, old_town, None).await.unwrap();
    assert_eq!((customers, messages), (6, now.messages));
    assert_eq!(shop.number("select count(*) from customer where location_id is not null").await, 3);
    assert_eq!(counters::audit(&shop.db, false).await.unwrap(), []);
    let elsewhere = project(&shop.db, "elsewhere").await;
    assert!(locations::remove(&elsewhere, shop.locations[2], None).await.is_err());
    assert!(locations::rename(&elsewhere, shop.locations[2], "Mine").await.is_err());
    assert_eq!(locations::list(manager).await.unwrap()[0].name, "Station");
}

#[tokio::test]
async fn no_two_locations_have_one_name() {
    let shop = Shop::empty(0).await;
    let manager = &shop.manager;
    assert!(locations::add(manager, "harbor").await.unwrap_err().for_field("name").is_some());
    assert!(locations::rename(manager, shop.locations[1], "HARBOR").await.unwrap_err().for_field("name").is_some());
    locations::rename(manager, shop.locations[0], "harbor").await.unwrap();
    locations::add(manager, "Airport").await.unwrap();
    let names: Vec<String> = locations::list(manager).await.unwrap().into_iter().map(|row| row.name).collect();
    assert_eq!(names, ["Airport", "harbor", "Old Town", "Station"]);
}

/// The tags of the customers, by their number.
async fn tagged(shop: &Shop) -> Vec<Vec<String>> {
    let mut all = Vec::new();
    for customer in &shop.customers {
        let tags: Vec<String> = sqlx::query_scalar("select tag from customer_tag where customer_id = $1 order by tag")
            .bind(*customer)
            .fetch_all(shop.db.read())
            .await
            .unwrap();
        all.push(tags);
    }
    all
}

#[tokio::test]
async fn a_tag_is_renamed_merged_and_removed_for_all() {
    let shop = Shop::empty(4).await;
    let manager = &shop.manager;
    for (n, given) in [vec!["vip", "new"], vec!["vip", "Regular"], vec!["Regular"], vec![]].into_iter().enumerate() {
        let given: Vec<String> = given.into_iter().map(str::to_owned).collect();
        customers::set_tags(manager, shop.customers[n], &given).await.unwrap();
    }
    let (rows, more) = tags::list(manager).await.unwrap();
    let mut counted: Vec<(&str, u32)> = rows.iter().map(|row| (row.tag.as_str(), row.customers)).collect();
    counted.sort_unstable();
    assert_eq!((counted, more), (vec![("Regular", 2), ("new", 1), ("vip", 2)], false));
    assert_eq!(tags::like(manager, "VIP", "new").await.unwrap().as_deref(), Some("vip"));
    assert_eq!(tags::like(manager, "VIP", "vip").await.unwrap(), None, "only its own case changes");
    assert_eq!(tags::rename(manager, "vip", "VIP").await.unwrap(), 2);
    assert_eq!(tags::rename(manager, "VIP", "Regular").await.unwrap(), 2);
    assert_eq!(tagged(&shop).await, [vec!["Regular", "new"], vec!["Regular"], vec!["Regular"], vec![]]);
    assert!(tags::rename(manager, "VIP", "x").await.is_err() && tags::remove(manager, "VIP").await.is_err());
    let elsewhere = project(&shop.db, "elsewhere").await;
    assert!(tags::remove(&elsewhere, "Regular").await.is_err());
    assert_eq!(tags::remove(manager, "Regular").await.unwrap(), 3);
    assert_eq!(tagged(&shop).await, [vec!["new"], vec![], vec![], vec![]]);
    let form = CustomerForm { name: "Zed".into(), ..CustomerForm::default() };
    customers::add(manager, &form, NOW).await.unwrap();
    let filter = CustomerFilter { tag: "new".into(), ..CustomerFilter::default() };
    let all = CustomerSelection::Matching { filter: Box::new(filter), except: Vec::new() };
    assert_eq!(customers::count_selection(manager, &all).await.unwrap(), 1);
}
