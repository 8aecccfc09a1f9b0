//! Passkeys: adding, signing in and removing, with an authenticator in software.

use super::{
    account::{Someone, done, is_signed_in, refused, session},
    support::{Answer, Browser, PASSWORD, TestApp},
};
use axum::http::StatusCode;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const ORIGIN: &str = "http://localhost:3000";

/// Where passkeys are offered.
async fn app() -> TestApp {
    TestApp::configured(|settings| settings.base_url = Some(ORIGIN.into()), |_| {}).await
}

/// What a phone or a security key does (Web Authentication, section 6).
struct Device {
    key: EcdsaKeyPair,
    id: [u8; 16],
    counter: u32,
    /// What it was told when its passkey was made.
    user: String,
    origin: &'static str,
    /// Whether it makes sure of its person.
    verifies: bool,
}

impl Device {
    fn new(id: u8) -> Self {
        let random = SystemRandom::new();
        let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).unwrap();
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, key.as_ref(), &random).unwrap();
        Self { key, id: [id; 16], counter: 0, user: String::new(), origin: ORIGIN, verifies: true }
    }

    fn client_data(&self, kind: &str, options: &Value) -> Vec<u8> {
        let data = json!({
            "type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": false
        });
        data.to_string().into_bytes()
    }

    fn authenticator_data(&mut self, flags: u8) -> Vec<u8> {
        self.counter += 1;
        let flags = flags | if self.verifies { 0b101 } else { 0b001 };
        [&Sha256::digest("localhost")[..], &[flags], &self.counter.to_be_bytes()].concat()
    }

    /// The answer to `navigator.credentials.create`.
    fn create(&mut self, options: &str) -> String {
        let options: Value = serde_json::from_str(options).unwrap();
        assert_eq!(options["authenticatorSelection"]["residentKey"], "required");
        assert_eq!(options["authenticatorSelection"]["userVerification"], "required");
        assert_eq!(options["rp"]["id"], "localhost");
        self.user = options["user"]["id"].as_str().unwrap().to_owned();
        let (x, y) = self.key.public_key().as_ref()[1..].split_at(32);
        // Both in CBOR: the key, and with it the object.
        let key = [&b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20"[..], x, b"\x22\x58\x20", y].concat();
        let data = [&self.authenticator_data(0x40)[..], &[0; 16], &[0, 16], &self.id, &key].concat();
        let head = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58";
        let object = [&head[..], &[u8::try_from(data.len()).unwrap()], &data].concat();
        json!({
            "id": BASE64.encode(self.id), "rawId": BASE64.encode(self.id), "type": "public-key",
            "response": {
                "attestationObject": BASE64.encode(object),
                "clientDataJSON": BASE64.encode(self.client_data("webauthn.create", &options)),
                "transports": ["internal"],
            },
            "clientExtensionResults": { "credProps": { "rk": true } },
        })
        .to_string()
    }

    /// The answer to `navigator.credentials.get`.
    fn get(&mut self, options: &str) -> String {
        let options: Value = serde_json::from_str(options).unwrap();
        assert_eq!(options["userVerification"], "required");
        assert!(options["allowCredentials"].as_array().is_none_or(Vec::is_empty), "it names nobody");
        let data = self.authenticator_data(0);
        let client = self.client_data("webauthn.get", &options);
        let signed = [&data[..], &Sha256::digest(&client)].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).unwrap();
        json!({
            "id": BASE64.encode(self.id), "rawId": BASE64.encode(self.id), "type": "public-key",
            "response": {
                "authenticatorData": BASE64.encode(data),
                "clientDataJSON": BASE64.encode(client),
                "signature": BASE64.encode(signature.as_ref()),
                "userHandle": self.user,
            },
            "clientExtensionResults": {},
        })
        .to_string()
    }
}

/// The options that an answer brings, and the browser with the cookie of its ceremony.
fn begun(answer: &Answer, browser: &Browser) -> (String, Browser) {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let ceremony = answer.cookie("ceremony").unwrap();
    let cookie = match &browser.cookie {
        Some(cookie) => format!("{cookie}; {ceremony}"),
        None => ceremony,
    };
    (serde_json::from_str(&answer.body).unwrap(), Browser { cookie: Some(cookie), ..browser.clone() })
}

async fn add(someone: &Someone, device: &mut Device, name: &str) -> Answer {
    let answer = someone.post("start_passkey", &[("name", name), ("password", PASSWORD)]).await;
    let (options, browser) = begun(&answer, &someone.browser);
    super::account::post(&browser, "add_passkey", &[("credential", &device.create(&options))]).await
}

fn form(credential: &str, next: &str) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs([("credential", credential), ("next", next)]).finish()
}

async fn sign_in(app: &TestApp, device: &mut Device) -> Answer {
    let (options, browser) = begun(&app.stranger().post("/api/start_passkey_sign_in", "").await, &app.stranger());
    browser.post("/api/sign_in_by_passkey", &form(&device.get(&options), "/projects/cup/customers")).await
}

#[tokio::test]
async fn a_passkey_is_added_and_signs_in_alone() {
    let app = app().await;
    let pat = Someone::new(&app).await;
    let mut phone = Device::new(1);
    done(&add(&pat, &mut phone, "Pat's phone").await, "Added the passkey Pat's phone.");
    let listed = pat.page().await.passkeys;
    assert!(listed.len() == 1 && listed[0].name == "Pat's phone" && listed[0].used.is_none());

    let signed_in = sign_in(&app, &mut phone).await;
    assert_eq!(signed_in.header("location"), "/projects/cup/customers", "{}", signed_in.body);
    let inside = Browser { cookie: signed_in.cookie("session"), ..app.stranger() };
    assert!(is_signed_in(&inside).await);
    assert!(pat.page().await.passkeys[0].used.is_some());
    let stored: String = sqlx::query_scalar("select passkey from passkey").fetch_one(app.db.read()).await.unwrap();
    assert_eq!(serde_json::from_str::<Value>(&stored).unwrap()["cred"]["counter"], 2);
}

#[tokio::test]
async fn adding_one_asks_for_name_and_password() {
    let app = app().await;
    let pat = Someone::new(&app).await;
    refused(&pat.post("start_passkey", &[("password", PASSWORD)]).await, "name", "Give the passkey a name");
    refused(&pat.post("start_passkey", &[("name", "Phone")]).await, "password", "Enter your password.");
    refused(&pat.post("start_passkey", &[("name", "Phone"), ("password", "x")]).await, "password", "not your password");
    let mut phone = Device::new(1);
    done(&add(&pat, &mut phone, "Phone").await, "Added");
    refused(&add(&pat, &mut phone, "Again").await, "", "could not be checked");
    let other = Someone::new(&app).await;
    assert_eq!(add(&other, &mut phone, "Theirs").await.status, StatusCode::CONFLICT, "a passkey has one person");
}

#[tokio::test]
async fn a_ceremony_is_of_one_browser_and_used_once() {
    let app = app().await;
    let pat = Someone::new(&app).await;
    let mut phone = Device::new(1);
    let answer = pat.post("start_passkey", &[("name", "Phone"), ("password", PASSWORD)]).await;
    let (options, browser) = begun(&answer, &pat.browser);
    let credential = phone.create(&options);
    let fields = [("credential", &*credential)];
    refused(&pat.post("add_passkey", &fields).await, "", "longer than five minutes");
    // Another person with the cookie of it.
    let other = Someone::new(&app).await;
    let ceremony = browser.cookie.clone().unwrap().split("; ").nth(1).unwrap().to_owned();
    let theirs = Browser { cookie: Some(format!("{}; {ceremony}", other.browser.cookie.unwrap())), ..app.stranger() };
    refused(&super::account::post(&theirs, "add_passkey", &fields).await, "", "longer than five minutes");
    assert_eq!(app.count("select count(*) from passkey").await, 0);

    done(&add(&pat, &mut phone, "Phone").await, "Added");
    let (options, browser) = begun(&app.stranger().post("/api/start_passkey_sign_in", "").await, &app.stranger());
    let proof = form(&phone.get(&options), "");
    refused(&app.stranger().post("/api/sign_in_by_passkey", &proof).await, "", "longer than five minutes");
    assert_eq!(browser.post("/api/sign_in_by_passkey", &proof).await.status, StatusCode::OK);
    refused(&browser.post("/api/sign_in_by_passkey", &proof).await, "", "longer than five minutes");
}

#[tokio::test]
async fn what_is_not_right_does_not_sign_in() {
    let app = app().await;
    let pat = Someone::new(&app).await;
    let mut phone = Device::new(1);
    done(&add(&pat, &mut phone, "Phone").await, "Added");
    let elsewhere = std::mem::replace(&mut phone.origin, "https://evil.example");
    refused(&sign_in(&app, &mut phone).await, "", "could not be checked");
    phone.origin = elsewhere;
    phone.verifies = false;
    refused(&sign_in(&app, &mut phone).await, "", "could not be checked");
    phone.verifies = true;
    let mut thief = Device::new(1);
    thief.user.clone_from(&phone.user);
    refused(&sign_in(&app, &mut thief).await, "", "could not be checked");
    let mut unknown = Device::new(2);
    unknown.user.clone_from(&phone.user);
    refused(&sign_in(&app, &mut unknown).await, "", "not known here");
    let user = std::mem::replace(&mut phone.user, BASE64.encode([7; 16]));
    refused(&sign_in(&app, &mut phone).await, "", "not known here");
    phone.user = user;
    let (_, browser) = begun(&app.stranger().post("/api/start_passkey_sign_in", "").await, &app.stranger());
    refused(&browser.post("/api/sign_in_by_passkey", &form("{}", "")).await, "", "could not be read");
    assert_eq!(sign_in(&app, &mut phone).await.status, StatusCode::OK);
    assert_eq!(app.count("select count(*) from session").await, 2);
}

#[tokio::test]
async fn a_passkey_counts_as_both_factors_and_adding_one_asks_for_both() {
    let app = app().await;
    let (pat, _, codes) = Someone::with_phone(&app).await;
    let asked = pat.post("start_passkey", &[("name", "Phone"), ("password", PASSWORD)]).await;
    refused(&asked, "code", "six digits");
    let fields = [("name", "Phone"), ("password", PASSWORD), ("code", &*codes[0])];
    let (options, browser) = begun(&pat.post("start_passkey", &fields).await, &pat.browser);
    let mut phone = Device::new(1);
    let credential = phone.create(&options);
    done(&super::account::post(&browser, "add_passkey", &[("credential", &credential)]).await, "Added");
    let signed_in = sign_in(&app, &mut phone).await;
    assert!(signed_in.cookie("session").is_some() && signed_in.cookie("half-sign-in").is_none());
    // So does removing one.
    let id = pat.page().await.passkeys[0].id.to_string();
    let fields = [("id", &*id), ("password", PASSWORD)];
    refused(&pat.post("remove_passkey", &fields).await, "code", "six digits");
    done(&pat.post("remove_passkey", &[&fields[..], &[("code", &codes[1])]].concat()).await, "Removed the passkey");
}

#[tokio::test]
async fn a_new_password_and_two_factor_sign_in_say_which_passkeys_are_left() {
    let app = app().await;
    let pat = Someone::new(&app).await;
    done(&add(&pat, &mut Device::new(1), "Phone").await, "Added");
    done(&add(&pat, &mut Device::new(2), "Key").await, "Added");
    let new = "another long password";
    let changed = pat.post("change_password", &[("present", PASSWORD), ("password", new), ("repeat", new)]).await;
    done(&changed, "2 passkeys still sign you in: remove those that are not yours.");
    let other = Someone::new(&app).await;
    done(&add(&other, &mut Device::new(3), "Phone").await, "Added");
    done(&other.turn_on().await.1, "1 passkey still signs you in: remove it if it is not yours.");
}

#[tokio::test]
async fn a_removed_passkey_is_of_no_use() {
    let app = app().await;
    let pat = Someone::new(&app).await;
    let other = Someone::new(&app).await;
    let mut phone = Device::new(1);
    done(&add(&pat, &mut phone, "Phone").await, "Added");
    let id = pat.page().await.passkeys[0].id.to_string();
    let fields = [("id", &*id), ("password", PASSWORD)];
    assert_eq!(other.post("remove_passkey", &fields).await.status, StatusCode::CONFLICT);
    refused(&pat.post("remove_passkey", &[("id", &id)]).await, "password", "Enter your password.");
    refused(&pat.post("remove_passkey", &[("id", &id), ("password", "x")]).await, "password", "not your password");
    refused(&pat.post("remove_passkey", &[("password", PASSWORD)]).await, "id", "Choose a passkey.");
    assert!(pat.browser.get("/projects/cup/account").await.body.contains("/api/remove_passkey"));
    done(&pat.post("remove_passkey", &fields).await, "Removed the passkey Phone.");
    assert_eq!(pat.post("remove_passkey", &fields).await.status, StatusCode::CONFLICT);
    assert!(!pat.browser.get("/projects/cup/account").await.body.contains("/api/remove_passkey"));
    refused(&sign_in(&app, &mut phone).await, "", "not known here");
    assert!(is_signed_in(&session(&app, pat.id).await).await);
}

#[tokio::test]
async fn beginning_is_limited_and_only_where_passkeys_can_be() {
    let app = app().await;
    for _ in 0..30 {
        assert_eq!(app.stranger().post("/api/start_passkey_sign_in", "").await.status, StatusCode::OK);
    }
    let limited = app.stranger().post("/api/start_passkey_sign_in", "").await;
    assert_eq!(limited.status, StatusCode::TOO_MANY_REQUESTS);
    let elsewhere = Browser { peer: "192.0.2.7:1234".parse().unwrap(), ..app.stranger() };
    assert_eq!(elsewhere.post("/api/start_passkey_sign_in", "").await.status, StatusCode::OK);
    for (base, is_offered) in [
        ("https://reviews.example.com", true),
        ("https://reviews.example.com:8443", true),
        ("http://localhost:3000", true),
        ("http://reviews.example.com", false),
        ("https://192.0.2.1", false),
        ("http://127.0.0.1:3000", false),
    ] {
        assert_eq!(crate::server::auth::passkeys::Passkeys::new(base).is_offered(), is_offered, "{base}");
    }
    let without = TestApp::new().await;
    let refused = without.stranger().post("/api/start_passkey_sign_in", "").await;
    assert!(refused.status == StatusCode::CONFLICT && refused.body.contains("BASE_URL"), "{}", refused.body);
}
