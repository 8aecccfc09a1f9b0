//! Signing in by an identity provider, with one in software that stands on a port of this machine.

use super::{
    account::{Someone, is_signed_in},
    support::{Answer, Browser, TestApp},
};
use crate::{
    domain::{Timestamp, sign_in::ProviderRefusal},
    server::{clock, store::identities},
};
use axum::{
    Form, Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::{get, post},
};
use base64::{Engine as _, engine::general_purpose::STANDARD, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};
use tokio::net::TcpListener;

const CLIENT: &str = "reviews";
const SECRET: &str = "a secret of the client";
const CODE: &str = "the-code";

fn new_key() -> EcdsaKeyPair {
    let random = SystemRandom::new();
    let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, key.as_ref(), &random).unwrap()
}

/// What the provider says (OpenID Connect Core 1.0), and of whom.
struct Says {
    issuer: String,
    key: EcdsaKeyPair,
    /// The key that ID tokens are signed with; another than `key` is a forger's.
    signs_with: Option<EcdsaKeyPair>,
    claims: Value,
    /// Of PKCE: what was asked for when the browser came.
    challenge: String,
}

#[derive(Clone)]
struct Provider(Arc<Mutex<Says>>);

impl Provider {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let says = Says { issuer, key: new_key(), signs_with: None, claims: Value::Null, challenge: String::new() };
        let provider = Self(Arc::new(Mutex::new(says)));
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(configuration))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        provider
    }

    fn issuer(&self) -> String {
        self.0.lock().unwrap().issuer.clone()
    }

    /// The app whose people can sign in by it.
    async fn app(&self) -> TestApp {
        let set = |settings: &mut crate::server::config::Settings| {
            settings.oidc_issuer = Some(self.issuer());
            settings.oidc_client_id = Some(CLIENT.into());
            settings.oidc_client_secret = Some(SECRET.into());
            settings.oidc_name = Some("Cup Login".into());
        };
        TestApp::configured(set, |_| {}).await
    }
}

async fn configuration(State(Provider(says)): State<Provider>) -> Json<Value> {
    let issuer = says.lock().unwrap().issuer.clone();
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
    }))
}

async fn keys(State(Provider(says)): State<Provider>) -> Json<Value> {
    let says = says.lock().unwrap();
    // 4, and the two coordinates (SEC 1, section 2.3.3).
    let point = says.key.public_key().as_ref();
    let (x, y) = (BASE64.encode(&point[1..33]), BASE64.encode(&point[33..]));
    Json(
        json!({ "keys": [{ "kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": "one", "x": x, "y": y }] }),
    )
}

async fn token(
    State(Provider(says)): State<Provider>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Result<Json<Value>, StatusCode> {
    let says = says.lock().unwrap();
    let client = format!("Basic {}", STANDARD.encode(format!("{CLIENT}:{}", SECRET.replace(' ', "+"))));
    let is_ours = headers.get("authorization").and_then(|value| value.to_str().ok()) == Some(client.as_str())
        && form["grant_type"] == "authorization_code"
        && form["code"] == CODE
        && form["redirect_uri"].ends_with("/sign-in/provider/back")
        && BASE64.encode(Sha256::digest(&form["code_verifier"])) == says.challenge;
    if !is_ours {
        return Err(StatusCode::BAD_REQUEST);
    }
    let head = BASE64.encode(json!({ "alg": "ES256", "kid": "one" }).to_string());
    let signed = format!("{head}.{}", BASE64.encode(says.claims.to_string()));
    let key = says.signs_with.as_ref().unwrap_or(&says.key);
    let signature = BASE64.encode(key.sign(&SystemRandom::new(), signed.as_bytes()).unwrap());
    let answer = json!({ "access_token": "x", "token_type": "Bearer", "id_token": format!("{signed}.{signature}") });
    Ok(Json(answer))
}

/// A browser that has come to the provider.
struct Came {
    browser: Browser,
    state: String,
}

impl Provider {
    /// Has a stranger's browser led here, to come back as `subject` with `email`; `change` changes what the provider then says.
    async fn come(&self, app: &TestApp, subject: &str, email: &str, change: impl FnOnce(&mut Says)) -> Came {
        let browser = app.stranger();
        let led = browser.get("/sign-in/provider?next=/projects/cup/customers").await;
        assert_eq!(led.status, StatusCode::SEE_OTHER, "{}", led.body);
        let address = reqwest::Url::parse(led.header("location")).unwrap();
        assert!(address.as_str().starts_with(&format!("{}/authorize?", self.issuer())), "{address}");
        let asked: HashMap<String, String> = address.query_pairs().into_owned().collect();
        assert_eq!((&*asked["scope"], &*asked["code_challenge_method"]), ("openid email", "S256"));
        let now = clock::now().0 / Timestamp::SECOND;
        let mut says = self.0.lock().unwrap();
        says.signs_with = None;
        says.challenge.clone_from(&asked["code_challenge"]);
        says.claims = json!({
            "iss": says.issuer, "aud": CLIENT, "sub": subject, "nonce": asked["nonce"], "iat": now, "exp": now + 60,
            "email": email, "email_verified": true,
        });
        change(&mut says);
        let cookie = led.cookie("provider-sign-in");
        Came { browser: Browser { cookie, ..browser }, state: asked["state"].clone() }
    }
}

impl Came {
    async fn back(&self) -> Answer {
        self.browser.get(&format!("/sign-in/provider/back?code={CODE}&state={}", self.state)).await
    }
}

/// That it led back to the sign-in page, for this reason and with no session, and that the page says so.
async fn refused(app: &TestApp, answer: &Answer, reason: ProviderRefusal) {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let page = answer.header("location");
    assert!(page.starts_with(&format!("/sign-in?refused={}", reason.slug())), "{page}, not {reason:?}");
    assert_eq!(answer.cookie("session"), None);
    let page = app.stranger().get(page).await.body;
    let sentence = reason.sentence().replace('\'', "&#x27;");
    assert!(page.contains(reason.sentence()) || page.contains(&sentence), "{reason:?}");
}

#[tokio::test]
async fn who_the_provider_vouches_for_is_signed_in_and_led_where_they_wanted_to_go() {
    let provider = Provider::start().await;
    let app = provider.app().await;
    let pat = Someone::new(&app).await;
    let page = app.stranger().get("/sign-in?next=/projects/cup/customers").await.body;
    assert!(page.contains("Sign in with Cup Login"), "{page}");
    assert!(page.contains("/sign-in/provider?next=%2Fprojects%2Fcup%2Fcustomers"), "{page}");

    let came = provider.come(&app, "pat", &pat.email.to_uppercase(), |_| {}).await;
    let back = came.back().await;
    assert_eq!((back.status, back.header("location")), (StatusCode::SEE_OTHER, "/projects/cup/customers"));
    let cookie = back.cookie("session");
    assert!(is_signed_in(&Browser { cookie, ..app.stranger() }).await);
    // Once.
    refused(&app, &came.back().await, ProviderRefusal::Late).await;

    // From now on the provider's id of the person decides, and not the address.
    let again = provider.come(&app, "pat", "pat@elsewhere.example", |_| {}).await.back().await;
    assert_eq!(again.header("location"), "/projects/cup/customers");
    let other = provider.come(&app, "somebody-else", &pat.email, |_| {}).await.back().await;
    refused(&app, &other, ProviderRefusal::SomebodyElse).await;
    identities::forget(&app.db, pat.id).await.unwrap();
    let new = provider.come(&app, "somebody-else", &pat.email, |_| {}).await.back().await;
    assert_eq!(new.header("location"), "/projects/cup/customers");
}

#[tokio::test]
async fn nobody_is_signed_in_without_an_account_or_by_what_is_not_the_providers_word() {
    let provider = Provider::start().await;
    let app = provider.app().await;
    let pat = Someone::new(&app).await;
    let nobody = provider.come(&app, "new", "new@example.com", |_| {}).await.back().await;
    refused(&app, &nobody, ProviderRefusal::Unknown).await;
    type Change = fn(&mut Says);
    let cases: [(ProviderRefusal, Change); 8] = [
        (ProviderRefusal::Unverified, |says| says.claims["email_verified"] = json!(false)),
        (ProviderRefusal::Unverified, |says| drop(says.claims.as_object_mut().unwrap().remove("email_verified"))),
        (ProviderRefusal::Unreachable, |says| says.claims["aud"] = json!("another client")),
        (ProviderRefusal::Unreachable, |says| says.claims["iss"] = json!("http://127.0.0.1:1")),
        (ProviderRefusal::Unreachable, |says| says.claims["nonce"] = json!("another")),
        (ProviderRefusal::Unreachable, |says| says.claims["exp"] = json!(1_000_000_000)),
        (ProviderRefusal::Unreachable, |says| says.signs_with = Some(new_key())),
        (ProviderRefusal::Unreachable, |says| says.challenge = "another".into()),
    ];
    for (reason, change) in cases {
        let back = provider.come(&app, "pat", &pat.email, change).await.back().await;
        refused(&app, &back, reason).await;
    }
    let count = app.count("select count(*) from identity").await;
    assert_eq!(count, 0);
}

#[tokio::test]
async fn an_answer_counts_in_the_browser_that_asked_alone() {
    let provider = Provider::start().await;
    let app = provider.app().await;
    let pat = Someone::new(&app).await;
    let came = provider.come(&app, "pat", &pat.email, |_| {}).await;
    let elsewhere = Came { browser: app.stranger(), state: came.state.clone() };
    refused(&app, &elsewhere.back().await, ProviderRefusal::Late).await;
    let other = provider.come(&app, "pat", &pat.email, |_| {}).await;
    let mixed = Came { browser: other.browser.clone(), state: came.state.clone() };
    refused(&app, &mixed.back().await, ProviderRefusal::Late).await;
    let declined = format!("/sign-in/provider/back?error=access_denied&state={}", came.state);
    refused(&app, &came.browser.get(&declined).await, ProviderRefusal::Declined).await;
    let elsewhere = app.stranger().get("/sign-in/provider?next=https://elsewhere.example/").await;
    assert_eq!(elsewhere.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn two_factor_sign_in_is_asked_for_as_after_a_password() {
    let provider = Provider::start().await;
    let app = provider.app().await;
    let (pat, _, _) = Someone::with_phone(&app).await;
    let back = provider.come(&app, "pat", &pat.email, |_| {}).await.back().await;
    assert_eq!(back.header("location"), "/sign-in/code");
    assert_eq!(back.cookie("session"), None);
    let cookie = back.cookie("half-sign-in");
    let code = Browser { cookie, ..app.stranger() }.get("/sign-in/code").await;
    assert!(code.body.contains("Enter your code"), "{}", code.body);
}

#[tokio::test]
async fn a_provider_that_is_not_there_leads_back_and_a_server_without_one_says_so() {
    let provider = Provider::start().await;
    let app = provider.app().await;
    provider.0.lock().unwrap().issuer = "http://127.0.0.1:1".into();
    // Its configuration is another's.
    let led = app.stranger().get("/sign-in/provider").await;
    refused(&app, &led, ProviderRefusal::Unreachable).await;
    let without = TestApp::new().await;
    assert_eq!(without.stranger().get("/sign-in/provider").await.status, StatusCode::NOT_FOUND);
    let page = without.stranger().get("/sign-in").await.body;
    assert!(page.contains("Sign in") && !page.contains("/sign-in/provider"));
}
