//! What becomes of the rows of a file.

use super::{import, upload};
use crate::{
    domain::{
        CustomerId,
        customer::CustomerForm,
        import::{Counts, ImportState},
        message::Channel,
        role::Role,
    },
    server::{
        clock,
        store::{Db, customers},
    },
    tests::support::TestApp,
};

type Stored = (String, String, String, String);

async fn stored(db: &Db) -> Vec<Stored> {
    sqlx::query_as("select name, company, email, phone from customer order by created_at, id")
        .fetch_all(db.read())
        .await
        .unwrap()
}

fn row(name: &str, company: &str, email: &str, phone: &str) -> Stored {
    (name.into(), company.into(), email.into(), phone.into())
}

async fn add(app: &TestApp, name: &str, email: &str, phone: &str) -> CustomerId {
    let form = CustomerForm { name: name.into(), email: email.into(), phone: phone.into(), ..CustomerForm::default() };
    let system = app.system("cup").await;
    customers::add(&system, &form, clock::now()).await.unwrap()
}

#[tokio::test]
async fn rows_add_and_update_and_the_counts_add_up() {
    let app = TestApp::new().await;
    let operator = app.member(Role::Operator).await;
    add(&app, "Ana", "ana@example.com", "").await;
    add(&app, "Ben", "ben@example.com", "+12015550101").await;
    add(&app, "Cem", "", "+12015550102").await;
    let file = "Name,E-mail,Phone,Company,Tags\r\n\
        Ana Ruiz,ANA@example.com,,Cup,\r\n\
        Ben,ben@example.com,(201) 555-0101,,\r\n\
        ,cem@example.com,+1 201 555 0102,,vip;new\r\n\
        Dot,dot@example.com,,,\"vip, VIP\"\r\n\
        ,nobody@example.com,,,\r\n\
        Two,ana@example.com,+12015550101,,\r\n\
        Dot again,dot@example.com,,,\r\n\
        Eve,eve@example,,,\r\n\
        \r\n,,,,\r\n\
        Zoë,zoe@example.com,,,";
    let done = import(&app, &operator, file).await;
    let counts = Counts { total: 9, added: 2, updated: 2, unchanged: 1, duplicates: 2, refused: 2, charges: 0 };
    assert_eq!((done.state, done.counts), (ImportState::Done, counts));
    assert_eq!(done.counts.read(), done.counts.total);
    let wanted = [
        row("Ana Ruiz", "Cup", "ana@example.com", ""),
        row("Ben", "", "ben@example.com", "+12015550101"),
        row("Cem", "", "cem@example.com", "+12015550102"),
        row("Dot", "", "dot@example.com", ""),
        row("Zoë", "", "zoe@example.com", ""),
    ];
    assert_eq!(stored(&app.db).await, wanted);
    assert_eq!(app.count("select count(*) from customer_tag").await, 3);
    let told: Vec<(u64, &str, &str)> =
        done.problems.iter().map(|p| (p.line, p.column.as_str(), p.reason.as_str())).collect();
    assert_eq!(
        told,
        [
            (6, "Name", "Write the customer's name."),
            (7, "E-mail", "Line 2 has the same email address, so this row was skipped."),
            (8, "E-mail", "Line 5 has the same email address, so this row was skipped."),
            (9, "E-mail", "Write an email address such as ana@example.com."),
        ]
    );
    // The same file changes nothing more.
    let again = import(&app, &operator, file).await;
    let counts = Counts { total: 9, unchanged: 5, duplicates: 2, refused: 2, ..Counts::default() };
    assert_eq!(again.counts, counts);
    assert_eq!(stored(&app.db).await, wanted);
    let found = operator.get("/projects/cup/customers?q=zoe").await.body;
    assert!(found.contains("Zoë"), "{found}");
}

#[tokio::test]
async fn rows_that_name_two_customers_are_refused() {
    let app = TestApp::new().await;
    let operator = app.member(Role::Operator).await;
    add(&app, "Ana", "ana@example.com", "+12015550101").await;
    add(&app, "Ben", "ben@example.com", "").await;
    // In order: Ana gets another number, so that hers is free for Ben.
    let file = "Name,Email,Phone\n\
        ,ben@example.com,+12015550101\n\
        ,ana@example.com,+12015550109\n";
    let done = import(&app, &operator, file).await;
    assert_eq!((done.counts.refused, done.counts.updated), (1, 1));
    assert_eq!(done.problems[0].reason, "The email address is Ben's, and the phone number is Ana's.");
    let done = import(&app, &operator, "Email,Phone\nana@example.com,+12015550108\nben@example.com,+12015550109").await;
    assert_eq!((done.counts.updated, done.counts.refused), (2, 0));
    let phones: Vec<String> = stored(&app.db).await.into_iter().map(|(.., phone)| phone).collect();
    assert_eq!(phones, ["+12015550108", "+12015550109"]);
}

#[tokio::test]
async fn an_update_reaches_what_waits_to_be_sent() {
    let app = TestApp::new().await;
    let operator = app.member(Role::Operator).await;
    let sent = app.sent("Ana Ruiz", Channel::Email, 2).await;
    let phone: String = sqlx::query_scalar("select phone from customer").fetch_one(app.db.read()).await.unwrap();
    let done = import(&app, &operator, &format!("Name,Email,Phone\nAnaïs Ruiz,anais@example.com,{phone}\n")).await;
    assert_eq!(done.counts.updated, 1, "{:?}", done.problems);
    let waiting = "select count(*) from message where state = 0 and recipient = 'anais@example.com'";
    assert_eq!(app.count(waiting).await, 2);
    assert_eq!(
        app.count("select count(*) from message where state = 2 and recipient = 'ana.ruiz@example.com'").await,
        1
    );
    let found = operator.get("/api/load_messages?slug=cup&query=q%3Danais").await.body;
    assert!(found.contains(&sent.message.to_string()), "{found}");
}

#[tokio::test]
async fn refused_rows_come_back_with_their_reason_and_no_formula() {
    let app = TestApp::new().await;
    let operator = app.member(Role::Operator).await;
    let bad = "Email,=Name,Note\n=1+1,\"Ruiz, Ana\",\"a \"\"b\"\"\"\n+x,y,@z\nok@example.com,Ok,\n";
    let id = super::uploaded(&operator, bad).await;
    super::start(&operator, id, "&form[email]=0&form[name]=1").await;
    assert!(super::Runner::new(&app.state).step().await.unwrap());
    let path = format!("/projects/cup/customers/import/{id}/refused");
    let file = operator.get(&path).await;
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"list-refused.csv\"");
    let reason = "\"Email: Write an email address such as ana@example.com.\"".replace('"', "");
    let wanted = format!(
        "\u{feff}Email,\"'=Name\",Note,Line,Problem\r\n\"'=1+1\",\"Ruiz, Ana\",\"a \"\"b\"\"\",2,{reason}\r\n\"'+x\",y,\"'@z\",3,{reason}\r\n"
    );
    assert_eq!(file.body, wanted);
    // It is imported as the file was.
    let id = super::uploaded(&operator, file.body).await;
    assert_eq!(super::read(&operator, id).await.preview[0][..3], ["'=1+1", "Ruiz, Ana", "a \"b\""]);
    let viewer = app.member(Role::Viewer).await;
    assert_eq!(viewer.get(&path).await.status, 403);
    let other = upload(&operator, "x.csv", b"Email\nana@example.com").await;
    assert!(other.header("location").contains("?file="));
}

#[tokio::test]
async fn rows_bring_charges_and_the_same_external_id_twice_is_one() {
    let app = TestApp::new().await;
    let operator = app.member(Role::Operator).await;
    let file = "Name,Email,Amount,Currency,Payment date,Invoice\n\
        Ana,ana@example.com,10.00,EUR,2026-11-01,A-1\n\
        Ana,ana@example.com,20.00,EUR,2026-11-02,A-2\n\
        Ben,ben@example.com,5,,2026-11-03,\n\
        Ben,ben@example.com,99,EUR,2026-11-04,A-2\n\
        Cem,cem@example.com,,,,\n\
        Cem,cem@example.com,,,,\n\
        Dot,dot@example.com,-1,,2026-11-05,\n";
    let counts = Counts { total: 7, added: 3, updated: 1, unchanged: 1, duplicates: 1, refused: 1, charges: 3 };
    let done = import(&app, &operator, file).await;
    assert_eq!(done.counts, counts, "{:?}", done.problems);
    assert_eq!(done.counts.read(), done.counts.total);
    assert_eq!(done.problems[1].reason, "An amount can't be negative: a refund is no charge.");
    type Sum = (String, String, i32, i64, i32);
    let sums = "select c.name, s.currency, s.charges, s.total, s.last_on from charge_sum s
        join customer c on c.id = s.customer_id order by c.name";
    let wanted: Vec<Sum> =
        vec![("Ana".into(), "EUR".into(), 2, 3_000, 20_759), ("Ben".into(), "USD".into(), 1, 500, 20_760)];
    let found: Vec<Sum> = sqlx::query_as(sums).fetch_all(app.db.read()).await.unwrap();
    assert_eq!(found, wanted);
    // Again: only the charge without an id comes twice.
    let again = import(&app, &operator, file).await;
    let counts = Counts { total: 7, added: 0, updated: 1, unchanged: 4, duplicates: 1, refused: 1, charges: 1 };
    assert_eq!(again.counts, counts);
    let page = operator.get(&again.href("cup")).await.body.replace("<!>", "");
    assert!(page.contains("1 charge was added."), "{page}");
}

#[tokio::test]
async fn locations_are_known_by_name() {
    let app = TestApp::new().await;
    let operator = app.member(Role::Operator).await;
    let system = app.system("cup").await;
    let mut tx = app.db.begin().await.unwrap();
    let location = crate::domain::LocationId(uuid::Uuid::now_v7());
    sqlx::query("insert into location (project_id, id, name) values ($1, $2, 'Berlin Mitte')")
        .bind(system.project)
        .bind(location)
        .execute(&mut *tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let file = "Name,Email,Branch\nAna,ana@example.com,berlin mitte\nBen,ben@example.com,Paris\n";
    let done = import(&app, &operator, file).await;
    assert_eq!((done.counts.added, done.counts.refused), (1, 1));
    assert_eq!(done.problems[0].value, "Paris");
    assert_eq!(app.count("select count(*) from customer where location_id is not null").await, 1);
}
