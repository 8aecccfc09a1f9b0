//! The Connections page's functions over HTTP: settings, secrets that nobody sees again, tests, the sender's domain.

use super::{
    sending::{
        clicksend::{self, of_message},
        smtp_server::{Answer as SmtpAnswer, At, SmtpServer},
    },
    support::{Answer, Browser, TestApp},
};
use crate::{
    domain::{
        connection::{dns, page::ConnectionsPage},
        done::Done,
        message::Channel,
        role::Role,
    },
    server::{
        delivery::{Transports, hosts::Hosts},
        dns::{Dns, Question},
    },
};
use axum::http::StatusCode;

const SECRET: &str = "hunter2-of-the-mail-server";

fn form(server: &SmtpServer) -> String {
    let port = server.url.rsplit_once(':').unwrap().1.trim_end_matches('/');
    format!(
        "slug=cup&form[provider]=smtp&form[host]=127.0.0.1&form[port]={port}&form[security]=none\
         &form[from]=hello@mail.example.com&form[user]=cup&form[per_minute]=600"
    )
}

async fn page(browser: &Browser) -> ConnectionsPage {
    serde_json::from_str(&browser.get("/api/load_connections?slug=cup").await.body).unwrap()
}

fn sentence(answer: &Answer) -> String {
    serde_json::from_str::<Done>(&answer.body).unwrap_or_else(|e| panic!("{e}: {}", answer.body)).sentence
}

#[tokio::test]
async fn a_connection_is_saved_and_its_secrets_are_never_shown_again() {
    let (app, server) = (TestApp::new().await, SmtpServer::start().await);
    let (admin, viewer) = (app.member(Role::Admin).await, app.member(Role::Viewer).await);
    let saved =
        admin.post("/api/save_connection", &format!("{}&form[password]={SECRET}&follows=0", form(&server))).await;
    assert!(sentence(&saved).starts_with("Saved. Emails of this project are sent over this connection"));
    let shown = page(&admin).await;
    let email = &shown.channels[0];
    let setup = email.setup.as_ref().unwrap();
    assert_eq!((setup.revision, setup.stored.password, setup.form.user.as_str()), (1, true, "cup"));
    assert_eq!(email.pace.per_minute, Some(600));
    assert_eq!(email.changed.as_ref().unwrap().1, "Pat Person");
    for path in ["/api/load_connections?slug=cup", "/projects/cup/connections"] {
        for browser in [&admin, &viewer] {
            assert!(!browser.get(path).await.body.contains(SECRET), "{path}");
        }
    }
    let sealed: Vec<u8> = sqlx::query_scalar("select secrets from connection").fetch_one(app.db.read()).await.unwrap();
    assert!(!String::from_utf8_lossy(&sealed).contains(SECRET));

    // Others see health and sender, and nothing of how it is set up.
    let theirs = viewer.get("/api/load_connections?slug=cup").await.body;
    assert!(theirs.contains("hello@mail.example.com") && !theirs.contains("127.0.0.1"), "{theirs}");
    assert!(page(&viewer).await.channels.iter().all(|channel| channel.setup.is_none()));

    // Kept while it is the same server and user, and asked for again where it is not.
    let kept = admin.post("/api/save_connection", &format!("{}&follows=1", form(&server))).await;
    assert!(sentence(&kept).starts_with("Saved."));
    let moved = form(&server).replace("127.0.0.1", "127.0.0.2");
    let refused = admin.post("/api/save_connection", &format!("{moved}&follows=2")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("\"password\"") && refused.body.contains("sent nowhere else"), "{}", refused.body);
    let late = admin.post("/api/save_connection", &format!("{}&follows=1", form(&server))).await;
    assert_eq!(late.status, StatusCode::CONFLICT);

    let removed = admin.post("/api/remove_connection", "slug=cup&channel=email").await;
    assert!(sentence(&removed).starts_with("Removed, with its secrets."));
    assert_eq!(page(&admin).await.channels[0].provider, None);
    assert_eq!(admin.post("/api/remove_connection", "slug=cup&channel=email").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn without_scripts_what_was_entered_stays_but_for_secrets() {
    let (app, server) = (TestApp::new().await, SmtpServer::start().await);
    let admin = app.member(Role::Admin).await;
    let from = "/projects/cup/connections?email=smtp";
    let wrong = format!("{}&form[password]={SECRET}&follows=0", form(&server)).replace("hello@", "hello at ");
    let answer = admin.submit("/api/save_connection", &wrong, from).await;
    assert_eq!(answer.status, StatusCode::FOUND);
    let entered = answer.cookie("entered").unwrap();
    let back = answer.header("location").to_owned();
    let back = back.split_once("3000").unwrap().1;
    let mut browser = admin.clone();
    browser.cookie = Some(format!("{}; {entered}", admin.cookie.clone().unwrap()));
    let shown = browser.get(back).await;
    assert!(shown.body.contains("Write an email address such as"), "{}", shown.body);
    assert!(shown.body.contains("value=\"hello at mail.example.com\""));
    assert!(!shown.body.contains(SECRET));
    assert!(shown.cookie("entered").is_some_and(|cookie| cookie == "entered="), "once");
    let sms = shown.body.split("sms-heading").nth(2).unwrap_or_default();
    assert!(!sms.contains("Write an email address such as"), "only in the form that it is about");
}

#[tokio::test]
async fn a_test_goes_over_exactly_this_connection_and_leaves_its_dialogue() {
    let (app, server) = (TestApp::new().await, SmtpServer::start().await);
    let admin = app.member(Role::Admin).await;
    // At first over the server's own.
    let shared = admin.post("/api/test_connection", "slug=cup&channel=email").await;
    assert!(sentence(&shared).contains("accepted the test"));
    assert_eq!(app.memory.sent().len(), 1);

    server.offer_sign_in();
    server.answer(At::SignIn, SmtpAnswer::Reply("535 5.7.8 bad credentials\r\n"));
    admin.post("/api/save_connection", &format!("{}&form[password]={SECRET}&follows=0", form(&server))).await;
    assert_eq!(page(&admin).await.channels[0].setup.as_ref().unwrap().test, None, "it was about another connection");
    let refused = admin.post("/api/test_connection", "slug=cup&channel=email").await;
    assert!(sentence(&refused).contains("was not sent: 535 5.7.8"), "{}", refused.body);
    let shown = page(&admin).await;
    let test = shown.channels[0].setup.as_ref().unwrap().test.clone().unwrap();
    assert!(
        !test.is_sent && test.meaning.contains("refused our sign-in") && test.meaning.contains("password"),
        "{test:?}"
    );
    assert!(test.dialogue.contains("AUTH") && !test.dialogue.contains(SECRET), "{}", test.dialogue);
    let document = admin.get("/projects/cup/connections").await.body;
    assert!(document.contains("What was said with 127.0.0.1:") && document.contains("refused our sign-in"));

    let taken = admin.post("/api/test_connection", "slug=cup&channel=email").await;
    assert!(sentence(&taken).contains("accepted the test"), "{}", taken.body);
    let mail = server.seen().mails.remove(0);
    assert!(mail.from.contains("<hello@mail.example.com>"), "{}", mail.from);
    assert!(mail.to[0].contains("<person-"), "{:?}", mail.to);
    assert_eq!(app.memory.sent().len(), 1);

    let no_number = admin.post("/api/test_connection", "slug=cup&channel=sms&to=").await;
    assert!(no_number.body.contains("\"to\""), "{}", no_number.body);
    assert_eq!(
        admin.post("/api/test_connection", "slug=cup&channel=fax").await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    let mut last = StatusCode::OK;
    for _ in 0..7 {
        last = admin.post("/api/test_connection", "slug=cup&channel=sms&to=%2B12015550123").await.status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn a_paused_connection_is_tried_again_on_demand() {
    let app = TestApp::new().await;
    let admin = app.member(Role::Admin).await;
    let mut tx = app.db.begin().await.unwrap();
    sqlx::query(
        "insert into stopped_connection (connection_id, channel, project_id, since, reason, code, words, tries, next_probe_at)
         values ($1, 0, null, 1, 'sign-in', null, '535 no', 3, 4102444800000)",
    )
    .bind(crate::domain::ConnectionId::of_deployment(Channel::Email))
    .execute(&mut *tx)
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let document = admin.get("/projects/cup/connections").await.body;
    for words in ["Paused", "tried 3 times since", "refused our sign-in", "Retry now", "535 no"] {
        assert!(document.contains(words), "{words}");
    }
    let answer = admin.post("/api/retry_connection", "slug=cup&channel=email").await;
    assert!(sentence(&answer).starts_with("The next message that is due tries"));
    assert_eq!(app.count("select count(*) from stopped_connection where next_probe_at < 4000000000000").await, 1);
}

#[tokio::test]
async fn a_domain_is_checked_by_what_the_dns_says() {
    let (mut app, server) = (TestApp::new().await, SmtpServer::start().await);
    app.state.dns = Dns::new(|name, question| {
        let found = |text: &str| dns::Answer::Found(vec![text.to_owned()]);
        match (name, question) {
            ("mail.example.com", Question::Txt) => found("v=spf1 include:one.example.org +all"),
            ("one.example.org", Question::Txt) => found("v=spf1 ip4:192.0.2.1 -all"),
            ("mail.example.com", Question::Mx) => found("10 mx.example.com"),
            ("_dmarc.example.com", Question::Txt) => found("v=DMARC1; p=none"),
            _ => dns::Answer::Nothing,
        }
    });
    app.serve_anew().await;
    let admin = app.member(Role::Admin).await;
    let key = include_str!("../server/delivery/dkim/test.pem");
    let key: String = form_urlencoded::byte_serialize(key.as_bytes()).collect();
    let signed = format!("{}&form[password]=x&form[dkim_selector]=s1&form[dkim_key]={key}&follows=0", form(&server));
    assert!(sentence(&admin.post("/api/save_connection", &signed).await).starts_with("Saved."));
    let answer = admin.post("/api/check_domain", "slug=cup").await;
    assert_eq!(sentence(&answer), "Checked mail.example.com: SPF and DKIM are to be fixed.");
    let report = page(&admin).await.channels[0].setup.as_ref().unwrap().domain.clone().unwrap();
    let verdicts: Vec<_> = report.findings.iter().map(|finding| finding.verdict).collect();
    assert_eq!(verdicts, [dns::Verdict::Wrong, dns::Verdict::Missing, dns::Verdict::Good, dns::Verdict::Good]);
    let record = report.findings[1].record.clone().unwrap();
    assert_eq!(record.name, "s1._domainkey.mail.example.com");
    assert!(record.value.starts_with("v=DKIM1; k=rsa; p=MII"));
    let document = admin.get("/projects/cup/connections").await.body;
    assert!(document.contains("v=spf1 include:one.example.org ~all") && document.contains("v=DKIM1; k=rsa; p=MII"));

    let mut tx = app.db.begin().await.unwrap();
    sqlx::query("update project set trial = 1").execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    let before_live = admin.get("/projects/cup/settings").await.body;
    assert!(before_live.contains("The DNS of mail.example.com: SPF and DKIM are to be fixed."));

    let bad = signed.replace("BEGIN", "BEGUN").replace("follows=0", "follows=1");
    let refused = admin.post("/api/save_connection", &bad).await;
    assert!(refused.body.contains("\"dkim_key\""), "{}", refused.body);
}

/// OWASP ASVS 1.3.6: what a project enters must not have the server reach into its own network, where that is not permitted.
#[tokio::test]
async fn servers_of_internal_networks_are_refused_where_only_the_internet_is_permitted() {
    let (mut app, server) = (TestApp::new().await, SmtpServer::start().await);
    let admin = app.member(Role::Admin).await;
    let saved = admin.post("/api/save_connection", &format!("{}&form[password]=x&follows=0", form(&server))).await;
    assert_eq!(saved.status, StatusCode::OK);
    let (mut transports, _) = Transports::memory(&app.state.config.base_url).unwrap();
    transports.hosts = Hosts::Public;
    app.state.transports = transports.into();
    app.serve_anew().await;
    let admin = app.member(Role::Admin).await;
    // One that was saved before is not connected to.
    let tested = admin.post("/api/test_connection", "slug=cup&channel=email").await;
    assert!(sentence(&tested).contains("internal network"), "{}", tested.body);
    assert_eq!(server.seen().connections, 0);
    for host in ["127.0.0.1", "localhost", "10.0.0.7", "169.254.169.254", "::1"] {
        let form = form(&server).replace("127.0.0.1", host);
        let refused = admin.post("/api/save_connection", &format!("{form}&form[password]=x&follows=1")).await;
        assert!(refused.body.contains("\"host\""), "{host}: {}", refused.body);
    }
}

const CLICKSEND: &str = "slug=cup&form[provider]=clicksend&form[user]=cup-api&form[from]=CupSaucer&form[per_day]=900";

/// With ClickSend's API at a local fake.
async fn with_clicksend() -> (TestApp, clicksend::Api) {
    let (mut app, (api, base)) = (TestApp::new().await, clicksend::start().await);
    let (mut transports, memory) = Transports::memory(&app.state.config.base_url).unwrap();
    transports.clicksend_url = base;
    app.memory = memory;
    app.state.transports = transports.into();
    app.serve_anew().await;
    (app, api)
}

#[tokio::test]
async fn sms_leave_by_clicksend_with_a_key_that_nobody_sees_again() {
    let (app, api) = with_clicksend().await;
    let (admin, viewer) = (app.member(Role::Admin).await, app.member(Role::Viewer).await);

    let wrong = "slug=cup&form[provider]=clicksend&form[from]=Cup %26 Saucer&form[per_day]=many&follows=0";
    let refused = admin.post("/api/save_connection", wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for field in ["\"user\"", "\"from\"", "\"per_day\""] {
        assert!(refused.body.contains(field), "{field}: {}", refused.body);
    }
    let keyless = admin.post("/api/save_connection", &format!("{CLICKSEND}&follows=0")).await;
    assert!(keyless.body.contains("\"api_key\"") && keyless.body.contains("Write the API key."), "{}", keyless.body);
    let form = format!("{CLICKSEND}&form[api_key]={}&follows=0", clicksend::KEY);
    assert_eq!(viewer.post("/api/save_connection", &form).await.status, StatusCode::FORBIDDEN);
    assert!(sentence(&admin.post("/api/save_connection", &form).await).starts_with("Saved. SMS of this project"));

    let shown = page(&admin).await;
    let sms = &shown.channels[1];
    let setup = sms.setup.as_ref().unwrap();
    assert_eq!((sms.way.as_str(), sms.sender.as_str(), sms.pace.per_day), ("ClickSend", "CupSaucer", Some(900)));
    assert_eq!((setup.form.user.as_str(), setup.stored.password, &setup.webhook), ("cup-api", true, &None));
    let document = admin.get("/projects/cup/connections").await.body;
    for words in ["ClickSend signs no reports", "reach ClickSend alone", "Stored. Leave empty to keep it."] {
        assert!(document.contains(words), "{words}");
    }
    for browser in [&admin, &viewer] {
        for path in ["/api/load_connections?slug=cup", "/projects/cup/connections"] {
            assert!(!browser.get(path).await.body.contains(clicksend::KEY), "{path}");
        }
    }

    // The key goes with its user alone, and not to Twilio.
    let moved = format!("{}&follows=1", CLICKSEND.replace("cup-api", "leaf-api"));
    let refused = admin.post("/api/save_connection", &moved).await;
    assert!(refused.body.contains("is for the user cup-api"), "{}", refused.body);
    let sid = format!("AC{}", "0".repeat(32));
    let twilio = format!("slug=cup&form[provider]=twilio&form[account_sid]={sid}&form[from]=%2B12015550199&follows=1");
    let refused = admin.post("/api/save_connection", &twilio).await;
    assert!(refused.body.contains("is for ClickSend, and is sent nowhere else"), "{}", refused.body);
    assert!(
        sentence(&admin.post("/api/save_connection", &format!("{CLICKSEND}&follows=1")).await).starts_with("Saved.")
    );

    let test = "slug=cup&channel=sms&to=%2B12015550123";
    api.answer(200, of_message("INSUFFICIENT_CREDIT"), None);
    let refused = admin.post("/api/test_connection", test).await;
    assert!(
        sentence(&refused).contains("was not sent: The SMS provider answered INSUFFICIENT_CREDIT"),
        "{}",
        refused.body
    );
    let report = page(&admin).await.channels[1].setup.as_ref().unwrap().test.clone().unwrap();
    assert!(report.meaning.contains("Top up the account"), "{report:?}");
    assert!(!report.dialogue.contains(clicksend::KEY) && !report.dialogue.contains("2015550123"), "{report:?}");
    let taken = admin.post("/api/test_connection", test).await;
    assert!(sentence(&taken).contains("accepted the test. It is on its way to +12015550123"), "{}", taken.body);
    assert_eq!(api.requests().last().unwrap().1["messages"][0]["from"], "CupSaucer");
    assert_eq!(app.memory.sent().len(), 0, "not over the server's own");
}

#[tokio::test]
async fn sms_over_clicksend_have_a_way_out_that_works() {
    const LINK: &str = "{{unsubscribe_link}}";
    const SMS: &str = "template=request&channel=sms";
    let (app, _api) = with_clicksend().await;
    let (admin, base_url) = (app.member(Role::Admin).await, app.state.config.base_url.clone());
    let template = |body: &str, follows: i32| {
        let follows = follows.to_string();
        let fields = [("slug", "cup"), ("query", SMS), ("wording[body]", body), ("follows", follows.as_str())];
        form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
    };
    let next = async |name: &str| {
        let id = app.customer(name).await;
        let asked = admin.post("/api/request_review", &format!("slug=cup&id={id}&form[sms]=true")).await;
        assert!(asked.status.is_success(), "{}", asked.body);
        let text: String = sqlx::query_scalar(
            "select c.text from message_content c join message m on m.id = c.message_id where m.customer_id = $1",
        )
        .bind(id)
        .fetch_one(app.db.read())
        .await
        .unwrap();
        text
    };
    let by_stop = next("Ana Ruiz").await;
    assert!(by_stop.contains("Reply STOP") && !by_stop.contains(&format!("{base_url}/u/")), "{by_stop}");

    // A template of the project's own, from before.
    let lacking = "Hi {{first_name}}! {{review_link}} Reply STOP to opt out.";
    assert!(admin.post("/api/save_template", &template(lacking, 0)).await.status.is_success());
    let connection = format!("{CLICKSEND}&form[api_key]={}&follows=0", clicksend::KEY);
    let refused = admin.post("/api/save_connection", &connection).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.body);
    assert!(refused.body.contains("\"provider\"") && refused.body.contains(LINK), "{}", refused.body);
    let own = format!("Hi! {{{{review_link}}}} Out: {LINK}");
    assert!(admin.post("/api/save_template", &template(&own, 1)).await.status.is_success());
    assert!(sentence(&admin.post("/api/save_connection", &connection).await).starts_with("Saved."));

    // From then on, none without comes back.
    let refused = admin.post("/api/save_template", &template(lacking, 2)).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.body);
    assert!(refused.body.contains("\"body\"") && refused.body.contains("hears of a STOP"), "{}", refused.body);
    let version = |number: i32| format!("slug=cup&query={}&number={number}&follows=2", SMS.replace('&', "%26"));
    let refused = admin.post("/api/restore_template", &version(1)).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.body);
    assert!(next("Ben Ode").await.contains(&format!(" Out: {base_url}/u/")));
    let restored = admin.post("/api/restore_template", &version(0)).await;
    assert!(restored.status.is_success(), "{}", restored.body);
    let by_link = next("Cem Kaya").await;
    assert!(by_link.contains(&format!("No more messages: {base_url}/u/")) && !by_link.contains("STOP"), "{by_link}");
    let page = admin.get(&format!("/projects/cup/templates?{SMS}")).await.body;
    assert!(page.contains(&format!("No more messages: {LINK}")), "{page}");

    // One that an earlier release let through.
    let mut tx = app.db.begin().await.unwrap();
    sqlx::query("update template set body = 'Hi! {{review_link}}'").execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    let refused = admin.post("/api/test_connection", "slug=cup&channel=sms&to=%2B12015550123").await;
    assert!(refused.status == StatusCode::CONFLICT && refused.body.contains(LINK), "{}", refused.body);
}
