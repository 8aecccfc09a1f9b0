//! A project speaks its language to its customers: pages, emails, SMS and default templates, through HTTP.

use super::support::{Browser, Sent, TestApp};
use crate::{
    domain::{
        AppError, Timestamp,
        ask::Ask,
        language::Language,
        message::{Channel, Template},
        role::Role,
        template::{OptOut, TemplateQuery},
    },
    server::{clock, requests, templates},
};
use axum::{
    body::Body,
    http::{Method, StatusCode},
};

const TEMPLATES: &str = "/projects/cup/templates";

/// Words that no page in German, French or Spanish has.
const ENGLISH: [&str; 35] = [
    "and",
    "are",
    "by",
    "close",
    "for",
    "from",
    "good",
    "have",
    "hello",
    "hi",
    "how",
    "leave",
    "like",
    "more",
    "now",
    "of",
    "open",
    "our",
    "poor",
    "reply",
    "review",
    "reviews",
    "send",
    "star",
    "stars",
    "thank",
    "the",
    "this",
    "unsubscribe",
    "we",
    "with",
    "would",
    "you",
    "your",
    "yours",
];

/// What people read of a document, word by word and in lower case.
fn words(html: &str) -> Vec<String> {
    let body = html.replace("<!>", "");
    let mut text = String::new();
    for (n, part) in body.split('<').enumerate() {
        let (tag, rest) = if n == 0 { ("", part) } else { part.split_once('>').unwrap_or((part, "")) };
        if !tag.starts_with("style") {
            text.push(' ');
            text.push_str(rest);
        }
        for attribute in ["alt", "title", "aria-label", "placeholder"] {
            let value = tag.split_once(&format!(" {attribute}=\"")).and_then(|(_, value)| value.split('"').next());
            text.push(' ');
            text.push_str(value.unwrap_or_default());
        }
    }
    let text = text.replace("&amp;", "&").replace("Cup & Saucer", "").replace("https://", "");
    let text = text.split_whitespace().filter(|word| !word.contains("/r/") && !word.contains("/u/"));
    let apart = |c: char| !c.is_alphabetic() && c != '\'';
    text.flat_map(|word| word.split(apart).map(str::to_lowercase).collect::<Vec<_>>())
        .filter(|w| !w.is_empty())
        .collect()
}

fn is_in(language: Language, html: &str) {
    let tag = format!("<html lang=\"{}\"", language.tag());
    assert!(html.contains(&tag), "{tag}\n{html}");
    let foreign: Vec<_> = words(html).into_iter().filter(|word| ENGLISH.contains(&&**word)).collect();
    match language {
        Language::English => assert!(!foreign.is_empty(), "{html}"),
        _ => assert!(foreign.is_empty(), "{}: {foreign:?}\n{html}", language.tag()),
    }
}

async fn choose(browser: &Browser, language: Language) {
    let saved = browser.post("/api/save_language", &format!("slug=cup&language={}", language.tag())).await;
    assert_eq!(saved.status, StatusCode::OK, "{}", saved.body);
    let says = format!("speaks {} to its customers from now on.", language.name());
    assert!(saved.body.contains(&says), "{}", saved.body);
}

/// Without the marks of Leptos.
async fn page(browser: &Browser, address: &str) -> String {
    browser.get(address).await.body.replace("<!>", "")
}

#[tokio::test]
async fn managers_choose_the_language_in_settings() {
    let app = TestApp::new().await;
    let (manager, operator) = (app.member(Role::Manager).await, app.member(Role::Operator).await);
    let settings = "/projects/cup/settings";
    let shown = page(&manager, settings).await;
    for words in ["The project speaks English to its customers:", "Deutsch (German)", "Save language"] {
        assert!(shown.contains(words), "{words}\n{shown}");
    }
    for wrong in ["language=xx", "language=", "language=DE", ""] {
        let refused = manager.post("/api/save_language", &format!("slug=cup&{wrong}")).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        let error: AppError = serde_json::from_str(&refused.body).unwrap();
        assert_eq!(error.for_field("language"), Some("Choose a language from the list."));
    }
    let done = manager.submit("/api/save_language", "slug=cup&language=de", settings).await;
    assert!(done.status == StatusCode::FOUND && done.header("location").ends_with(settings), "{done:?}");
    let shown = page(&manager, settings).await;
    assert!(shown.contains("<html lang=\"en\"") && shown.contains("value=\"de\" selected"), "{shown}");
    let read = page(&operator, settings).await;
    assert!(read.contains("The project speaks German") && !read.contains("Save language"), "{read}");
    let refused = operator.post("/api/save_language", "slug=cup&language=fr").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}

async fn sent_ago(app: &TestApp, ago: i64) {
    let mut tx = app.db.begin().await.unwrap();
    let at = clock::now().plus(-ago);
    sqlx::query("update message set sent_at = $1").bind(at).execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn all_that_a_customer_reads_is_in_the_language_of_the_project() {
    for language in Language::ALL {
        let app = TestApp::new().await;
        let manager = app.member(Role::Manager).await;
        choose(&manager, language).await;
        let saved = manager.post("/api/save_review_page", "slug=cup&form[google]=g.page/r/abc").await;
        assert_eq!(saved.status, StatusCode::OK, "{}", saved.body);
        let stranger = app.stranger();
        let sent = app.sent("Ana Ruiz", Channel::Email, 0).await;
        let mail = app.memory.sent().pop().unwrap();
        is_in(language, &mail.html);
        is_in(language, &format!("<html lang=\"{}\">{} {}", language.tag(), mail.subject, mail.text));

        let link = format!("/r/{}", sent.token);
        let form = stranger.get(&link).await;
        assert!(form.body.contains("Ana") && form.body.contains("<form"), "{}", form.body);
        is_in(language, &form.body);
        for wrong in
            ["text=Moin".to_owned(), format!("rating=3&text={}", "x".repeat(4_001)), "rating=3&text=%00".into()]
        {
            let refused = stranger.submit(&link, &wrong, &link).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
            assert_eq!(refused.body.matches("role=\"alert\"").count(), 1, "{}", refused.body);
            is_in(language, &refused.body);
        }
        manager.post("/api/save_link_days", "slug=cup&days=3").await;
        sent_ago(&app, 5 * Timestamp::DAY).await;
        let expired = stranger.get(&link).await;
        assert_eq!(expired.status, StatusCode::GONE);
        is_in(language, &expired.body);
        sent_ago(&app, Timestamp::HOUR).await;
        for _ in ["thanks", "left"] {
            let thanks = stranger.submit(&link, "rating=4&text=Moin", &link).await;
            assert!(thanks.body.contains("https://g.page/r/abc"), "{}", thanks.body);
            is_in(language, &thanks.body);
        }
        is_in(language, &stranger.get(&link).await.body);
        let out = format!("/u/{}", sent.token);
        is_in(language, &stranger.get(&out).await.body);
        is_in(language, &stranger.submit(&out, "", &out).await.body);
        is_in(language, &stranger.get(&out).await.body);

        // What staff see of it before.
        is_in(language, &manager.get(&format!("{TEMPLATES}/review-page/preview")).await.body);
        is_in(language, &manager.get(&format!("{TEMPLATES}/review-page/preview?view=thanks")).await.body);
        for template in Template::ALL {
            let query = TemplateQuery { template, channel: Channel::Email };
            is_in(language, &manager.get(&query.preview("cup")).await.body);
        }
    }
}

#[tokio::test]
async fn a_link_of_nobody_is_answered_in_the_language_of_the_browser() {
    let app = TestApp::new().await;
    for (accepted, language) in [("es-MX,es;q=0.9,en;q=0.5", Language::Spanish), ("nl", Language::English)] {
        for path in ["/r/AAAAAAAAAAAAAAAAAAAAAAAA", "/u/x"] {
            let mut request = app.stranger().request(Method::GET, path).body(Body::empty()).unwrap();
            request.headers_mut().insert("accept-language", accepted.parse().unwrap());
            let lost = app.stranger().send(request).await;
            assert_eq!(lost.status, StatusCode::NOT_FOUND);
            is_in(language, &lost.body);
        }
    }
}

async fn text_of_next(app: &TestApp, sent: &Sent) -> String {
    let ask = Ask { channels: vec![Channel::Email], reminders: vec![], at: None };
    let base = app.state.config.base_url.clone();
    let system = app.system("cup").await;
    let request = requests::create(&system, sent.customer, &ask, &base, clock::now()).await.unwrap().id;
    sqlx::query_scalar(
        "select c.text from message_content c join message m on m.project_id = c.project_id and m.id = c.message_id
         where m.request_id = $1",
    )
    .bind(request)
    .fetch_one(app.db.read())
    .await
    .unwrap()
}

fn form(query: &str, subject: &str, body: &str, follows: i32) -> String {
    form_urlencoded::Serializer::new(String::new())
        .append_pair("slug", "cup")
        .append_pair("query", query)
        .append_pair("wording[subject]", subject)
        .append_pair("wording[body]", body)
        .append_pair("follows", &follows.to_string())
        .finish()
}

#[tokio::test]
async fn templates_follow_the_language_until_somebody_changes_them() {
    let app = TestApp::new().await;
    let sent = app.sent("Ana Ruiz", Channel::Email, 0).await;
    let manager = app.member(Role::Manager).await;
    choose(&manager, Language::German).await;
    let shown = page(&manager, TEMPLATES).await;
    for words in ["Wie war Ihr Besuch bei {{project_name}}?", "This is the default in German", "Nobody has changed"] {
        assert!(shown.contains(words), "{words}\n{shown}");
    }
    assert!(text_of_next(&app, &sent).await.starts_with("Hallo Ana,\n\nvielen Dank"));
    let before = app.count("select count(*) from message_content where text like 'Hi Ana,%'").await;
    assert_eq!(before, 1, "what was created before stays as it was");

    let own = "Moin {{first_name}} {{review_link}}\n\n{{unsubscribe_link}}";
    manager.post("/api/save_template", &form("", "Moin", own, 0)).await;
    let saved = manager.post("/api/save_language", "slug=cup&language=fr").await;
    assert!(saved.body.contains("The one template that was changed stays as it is."), "{}", saved.body);
    let shown = page(&manager, TEMPLATES).await;
    assert!(shown.contains(">Moin {{first_name}}") && shown.contains("text is the project's own"), "{shown}");
    assert!(text_of_next(&app, &sent).await.starts_with("Moin Ana"));
    let other = page(&manager, &format!("{TEMPLATES}?template=reminder")).await;
    assert!(other.contains("Bien cordialement") && other.contains("This is the default in French"), "{other}");

    // Restored, it follows the language again, and so does its place in the history.
    let restored = manager.post("/api/restore_template", "slug=cup&query=&number=0&follows=1").await;
    assert!(restored.body.contains("The default is restored."), "{}", restored.body);
    assert!(text_of_next(&app, &sent).await.starts_with("Bonjour Ana,"));
    choose(&manager, Language::Spanish).await;
    assert!(text_of_next(&app, &sent).await.starts_with("Hola, Ana:"));
    let shown = page(&manager, TEMPLATES).await;
    assert!(shown.contains("Version 2 restores the default") && shown.contains("Gracias por elegir"), "{shown}");
    assert!(!shown.contains("Bonjour") && shown.contains("Moin {{first_name}}"), "{shown}");
    let restored = manager.post("/api/restore_template", "slug=cup&query=&number=1&follows=2").await;
    assert_eq!(restored.status, StatusCode::OK, "{}", restored.body);
    assert!(text_of_next(&app, &sent).await.starts_with("Moin Ana"));

    // What says the same as the default is the default.
    let query = TemplateQuery::default();
    let system = app.system("cup").await;
    let default =
        crate::server::language::templates::default(Language::Spanish, query.template, query.channel, OptOut::Stop);
    let saved = manager.post("/api/save_template", &form("", &default.subject, &default.body, 3)).await;
    assert!(saved.body.contains("is saved"), "{}", saved.body);
    choose(&manager, Language::English).await;
    let html = templates::preview(&system, &app.state, query, None).await.unwrap();
    assert!(!html.contains("Moin"), "{html}");
    assert!(text_of_next(&app, &sent).await.starts_with("Hi Ana,"));
}
