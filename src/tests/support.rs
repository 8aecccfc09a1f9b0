//! The whole server without a network: tests send requests as browsers do, and read its database.

use super::database::{self, Fresh};
use crate::{
    commands::STACK,
    domain::{
        CustomerId, MessageId, RequestId, ReviewId, Timestamp, UserId,
        ask::Ask,
        bulk::Selection,
        connection::dns,
        customer::CustomerForm,
        filter::MessageFilter,
        message::{Channel, EventKind},
        review::Rating,
        role::Role,
        status::{State, Status},
    },
    server::{
        AppState, auth, clock,
        config::{Config, Settings},
        delivery::{Transports, memory::Memory, worker},
        dns::Dns,
        projects, requests,
        store::{
            self, Db, customers,
            guard::Manager,
            people,
            reviews::{self, NewReview},
        },
    },
    web,
};
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::ConnectInfo,
    http::{HeaderMap, Method, Request, StatusCode, header::CONTENT_TYPE},
    response::Response,
};
use chrono_tz::Tz;
use std::{
    net::SocketAddr,
    sync::LazyLock,
    sync::atomic::{AtomicU32, Ordering},
};
use tempfile::TempDir;
use tokio::{
    runtime::{Builder, Runtime},
    sync::watch,
};
use tower::ServiceExt;

pub const BASE: &str = "http://127.0.0.1:3000";
pub const PASSWORD: &str = "a long password of 2026";
/// An id that is never used.
pub const NOWHERE: &str = "0190163d-8694-739b-aea5-966c26f8ad91";

/// Threads like the program's own: a test's thread has too small a stack for rendering a page in a debug build.
static THREADS: LazyLock<Runtime> = LazyLock::new(|| {
    Builder::new_multi_thread().worker_threads(2).thread_stack_size(STACK).enable_all().build().unwrap()
});

pub struct TestApp {
    pub db: Db,
    pub state: AppState,
    pub memory: Memory,
    pub stop: watch::Sender<bool>,
    router: Router,
    /// Counts up, so that no two have the same address or number.
    people: AtomicU32,
    _fresh: Fresh,
    _folder: TempDir,
}

/// The selection of all that a filter matches.
pub fn all_of(filter: MessageFilter) -> Selection {
    Selection::Matching { filter: Box::new(filter), except: Vec::new() }
}

/// A message that was sent an hour ago, and the token of its links.
pub struct Sent {
    pub customer: CustomerId,
    pub message: MessageId,
    pub token: String,
}

impl TestApp {
    /// With the project `cup`.
    pub async fn new() -> Self {
        Self::configured(|_| {}, |_| {}).await
    }

    /// As `serve --demo`: what is sent goes into the outbox folder.
    pub async fn demo() -> Self {
        let mut app = Self::configured(|_| {}, |config| config.demo = true).await;
        app.state.transports = app.state.config.transports().unwrap().into();
        app.serve_anew().await;
        app
    }

    pub async fn configured(set: impl FnOnce(&mut Settings), change: impl FnOnce(&mut Config)) -> Self {
        let fresh = database::fresh().await;
        let folder = tempfile::tempdir().unwrap();
        let mut settings = Settings {
            addr: "127.0.0.1:3000".into(),
            data_dir: folder.path().display().to_string(),
            twilio_base_url: "https://api.twilio.com".into(),
            database_url: cfg!(feature = "postgres").then(|| "postgres://localhost/given".into()),
            ..Settings::default()
        };
        set(&mut settings);
        let mut config = Config::new(&settings).unwrap();
        change(&mut config);
        let (transports, memory) = Transports::memory(&config.base_url).unwrap();
        let (stop, stopped) = watch::channel(false);
        let mut state = AppState::new(fresh.db.clone(), config, transports, stopped).unwrap();
        // Tests ask no network.
        state.dns = Dns::new(|_, _| dns::Answer::Nothing);
        let mut app = Self {
            db: fresh.db.clone(),
            state,
            memory,
            stop,
            router: Router::new(),
            people: AtomicU32::new(0),
            _fresh: fresh,
            _folder: folder,
        };
        app.serve_anew().await;
        app.project("cup").await;
        app
    }

    pub async fn serve_anew(&mut self) {
        let state = self.state.clone();
        self.router = THREADS.spawn(async move { web::router(state) }).await.unwrap();
    }

    /// A new project, and the system acting in it.
    pub async fn project(&self, slug: &str) -> Manager {
        let mut tx = self.db.begin().await.unwrap();
        let start = store::projects::Start::Live;
        let id =
            projects::create(&mut tx, slug, "Cup & Saucer", Tz::Europe__Berlin, start, clock::now()).await.unwrap();
        // Tests run at night, too.
        sqlx::query("update project set quiet_sms = 0 where id = $1").bind(id).execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
        store::projects::system(&self.db, id).await.unwrap()
    }

    pub async fn system(&self, slug: &str) -> Manager {
        let id = store::projects::by_slug(&self.db, slug).await.unwrap().unwrap();
        store::projects::system(&self.db, id).await.unwrap()
    }

    /// A new person with [`PASSWORD`], a member of `cup`.
    pub async fn person(&self, role: Role) -> (UserId, String) {
        self.person_of("cup", role).await
    }

    pub async fn person_of(&self, slug: &str, role: Role) -> (UserId, String) {
        static HASH: tokio::sync::OnceCell<String> = tokio::sync::OnceCell::const_new();
        let hash = HASH.get_or_init(|| async { auth::password::hash(PASSWORD.into()).await.unwrap() }).await;
        let email = format!("person-{}@example.com", self.people.fetch_add(1, Ordering::Relaxed));
        let project = store::projects::by_slug(&self.db, slug).await.unwrap().unwrap();
        let mut tx = self.db.begin().await.unwrap();
        let id = people::add(&mut tx, &email, "Pat Person", Some(hash), clock::now()).await.unwrap();
        store::projects::set_member(&mut tx, project, id, role, clock::now()).await.unwrap();
        tx.commit().await.unwrap();
        (id, email)
    }

    /// The browser of a new member of `cup`, signed in.
    pub async fn member(&self, role: Role) -> Browser {
        self.member_of("cup", role).await
    }

    pub async fn member_of(&self, slug: &str, role: Role) -> Browser {
        let (person, _) = self.person_of(slug, role).await;
        let token = auth::start_session(&self.db, person, None, clock::now()).await.unwrap();
        let name = auth::session::cookie_name(&self.state.config, auth::session::NAME);
        Browser { cookie: Some(format!("{name}={}", token.as_str())), ..self.stranger() }
    }

    /// A browser without cookies.
    pub fn stranger(&self) -> Browser {
        Browser { router: self.router.clone(), cookie: None, peer: "127.0.0.1:50000".parse().unwrap() }
    }

    pub async fn customer(&self, name: &str) -> CustomerId {
        let email = format!("{}@example.com", name.to_lowercase().replace(' ', "."));
        let phone = format!("+120155501{:02}", self.people.fetch_add(1, Ordering::Relaxed));
        let form = CustomerForm { name: name.into(), email, phone, ..CustomerForm::default() };
        let system = self.system("cup").await;
        customers::add(&system, &form, clock::now()).await.unwrap()
    }

    /// Asks by `channel` an hour ago, with reminders to come, and sends what was due.
    pub async fn sent(&self, name: &str, channel: Channel, reminders: u8) -> Sent {
        let customer = self.customer(name).await;
        let then = clock::now().plus(-Timestamp::HOUR);
        let ask = Ask { channels: vec![channel], reminders: vec![3; reminders.into()], at: None };
        let base = self.state.config.base_url.clone();
        let system = self.system("cup").await;
        let request = requests::create(&system, customer, &ask, &base, then).await.unwrap().id;
        while worker::step(&self.db, &self.state.transports, then).await.unwrap() > 0 {}
        let (message, token): (MessageId, String) = sqlx::query_as(
            "select m.id, t.token from message m join tracking_token t on t.project_id = m.project_id and t.message_id = m.id
             where m.request_id = $1 and m.reminder = 0",
        )
        .bind(request)
        .fetch_one(self.db.read())
        .await
        .unwrap();
        Sent { customer, message, token }
    }

    /// A review by the link of the message.
    pub async fn review(&self, sent: &Sent, stars: i16) -> ReviewId {
        let request = sqlx::query_scalar("select request_id from message where id = $1").bind(sent.message);
        let request: RequestId = request.fetch_one(self.db.read()).await.unwrap();
        let review = NewReview {
            customer: sent.customer,
            rating: Rating::new(stars).unwrap(),
            text: "As it was".into(),
            source: Some((sent.message, request)),
        };
        let system = self.system("cup").await;
        reviews::add(&system, &review, clock::now()).await.unwrap()
    }

    /// Has a message fail for the reason of `code`.
    pub async fn fail(&self, message: MessageId, code: &str) {
        let mut tx = self.db.begin().await.unwrap();
        let failed = sqlx::query(
            "update message set state = 3, status = 4, failed_at = $1, failure_code = $2, failure_text = '550 no', sent_at = null
             where id = $3",
        );
        failed.bind(clock::now()).bind(code).bind(message).execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
    }

    pub async fn status(&self, message: MessageId) -> (Status, State) {
        self.state.hits.flush().await;
        sqlx::query_as("select status, state from message where id = $1")
            .bind(message)
            .fetch_one(self.db.read())
            .await
            .unwrap()
    }

    /// The timeline: what happened, and whether a machine did it.
    pub async fn timeline(&self, message: MessageId) -> Vec<(EventKind, bool)> {
        self.state.hits.flush().await;
        let all: Vec<(EventKind, i16)> =
            sqlx::query_as("select kind, machine from message_event where message_id = $1 order by at, id")
                .bind(message)
                .fetch_all(self.db.read())
                .await
                .unwrap();
        all.into_iter().map(|(kind, machine)| (kind, machine == 1)).collect()
    }

    pub async fn count(&self, sql: &'static str) -> i64 {
        self.state.hits.flush().await;
        sqlx::query_scalar(sql).fetch_one(self.db.read()).await.unwrap()
    }
}

/// Sends requests with its cookie; follows nothing and stores nothing by itself.
#[derive(Clone)]
pub struct Browser {
    pub router: Router,
    pub cookie: Option<String>,
    pub peer: SocketAddr,
}

#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|v| v.to_str().unwrap()).unwrap_or_default()
    }

    /// `name=value` of the cookie that it sets.
    pub fn cookie(&self, name: &str) -> Option<String> {
        let all = self.headers.get_all("set-cookie").into_iter().map(|v| v.to_str().unwrap());
        let found = all.filter_map(|c| c.split(';').next()).find(|c| c.starts_with(&format!("{name}=")))?;
        Some(found.to_owned())
    }
}

impl Browser {
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path).body(Body::empty()).unwrap()).await
    }

    pub async fn head(&self, path: &str) -> Answer {
        self.send(self.request(Method::HEAD, path).body(Body::empty()).unwrap()).await
    }

    /// A form as a script sends it.
    pub async fn post(&self, path: &str, form: &str) -> Answer {
        let request = self.form(path).header("accept", "application/json");
        self.send(request.body(Body::from(form.to_owned())).unwrap()).await
    }

    /// A form as a browser sends it by itself, from the page at `from`.
    pub async fn submit(&self, path: &str, form: &str, from: &str) -> Answer {
        let request = self.form(path).header("accept", "text/html,*/*").header("referer", format!("{BASE}{from}"));
        self.send(request.body(Body::from(form.to_owned())).unwrap()).await
    }

    pub fn form(&self, path: &str) -> axum::http::request::Builder {
        let request = self.request(Method::POST, path).header("sec-fetch-site", "same-origin");
        request.header(CONTENT_TYPE, "application/x-www-form-urlencoded")
    }

    pub fn request(&self, method: Method, path: &str) -> axum::http::request::Builder {
        let mut request = Request::builder().method(method).uri(path).header("host", "127.0.0.1:3000");
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", cookie);
        }
        request.header("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0")
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let (parts, body) = self.open(request).await.into_parts();
        let bytes = THREADS.spawn(async move { to_bytes(body, usize::MAX).await.unwrap() }).await.unwrap();
        Answer { status: parts.status, headers: parts.headers, body: String::from_utf8_lossy(&bytes).into_owned() }
    }

    /// The answer with its body still to come.
    pub async fn open(&self, mut request: Request<Body>) -> Response {
        request.extensions_mut().insert(ConnectInfo(self.peer));
        let router = self.router.clone();
        THREADS.spawn(async move { router.oneshot(request).await.unwrap() }).await.unwrap()
    }
}
