//! Two-factor sign-in: setting it up, the code at sign-in, recovery codes, limits, and the operator's way out.

use super::{
    account::{Someone, done, is_signed_in, page, post, refused, session},
    support::{Answer, BASE, Browser, PASSWORD, TestApp},
};
use crate::{
    domain::{Timestamp, account::TwoFactor},
    server::{
        auth, clock,
        delivery::seal::SealingKey,
        store::{people, second_factor},
    },
};
use axum::http::StatusCode;
use std::sync::Arc;
use totp_rs::{Builder, Secret};

/// A person's authenticator app.
pub struct Phone(String);

impl Phone {
    /// The code of a step; 0 is that of now.
    fn code(&self, step: i64) -> String {
        let secret = Secret::try_from_base32(self.0.replace(' ', "")).unwrap();
        let second = clock::now().0 / Timestamp::SECOND + step * 30;
        Builder::new().with_secret(secret).build().unwrap().generate(second.try_into().unwrap()).to_string()
    }
}

impl Someone {
    /// Sets two-factor sign-in up, by the code of the step before now, so that the code of now can still be used.
    pub async fn with_phone(app: &TestApp) -> (Self, Phone, Vec<String>) {
        let pat = Self::new(app).await;
        let (phone, turned_on) = pat.turn_on().await;
        done(&turned_on, "Two-factor sign-in is on.");
        let codes = pat.page().await.fresh_codes;
        (pat, phone, codes)
    }

    /// Sets it up likewise, and returns what turning it on was answered.
    pub async fn turn_on(&self) -> (Phone, Answer) {
        done(&self.post("begin_two_factor", &[("password", PASSWORD)]).await, "Add the account to your app");
        let TwoFactor::SettingUp(setup) = self.page().await.two_factor else { panic!("not begun") };
        let phone = Phone(setup.secret);
        let turned_on = self.post("confirm_two_factor", &[("code", &phone.code(-1))]).await;
        (phone, turned_on)
    }

    fn credentials(&self) -> String {
        format!("email={}&password={}", self.email, PASSWORD.replace(' ', "+"))
    }

    /// The answer to the right password, and a browser that has its cookie.
    async fn half(&self, browser: &Browser) -> (Answer, Browser) {
        let answer = browser.post("/api/sign_in", &self.credentials()).await;
        let cookie = answer.cookie("half-sign-in");
        assert!(cookie.is_some(), "{}", answer.body);
        (answer, Browser { cookie, ..browser.clone() })
    }
}

async fn enter(browser: &Browser, code: &str) -> Answer {
    browser.post("/api/sign_in_by_code", &format!("code={code}")).await
}

#[tokio::test]
async fn it_counts_from_the_first_code_and_asks_for_the_password_before() {
    let app = TestApp::new().await;
    let pat = Someone::new(&app).await;
    refused(&pat.post("begin_two_factor", &[]).await, "password", "Enter your password.");
    refused(&pat.post("begin_two_factor", &[("password", "not it")]).await, "password", "not your password");
    assert_eq!(pat.page().await.two_factor, TwoFactor::Off);
    refused(&pat.post("confirm_two_factor", &[("code", "123456")]).await, "", "Set up two-factor sign-in again");

    done(&pat.post("begin_two_factor", &[("password", PASSWORD)]).await, "Add the account");
    let TwoFactor::SettingUp(setup) = pat.page().await.two_factor else { panic!("not begun") };
    let shown = pat.browser.get("/projects/cup/account").await.body;
    assert!(
        shown.contains(&setup.secret) && shown.contains("QR code for your authenticator app"),
        "without scripts too"
    );
    let plain = app.stranger().post("/api/sign_in", &pat.credentials()).await;
    assert!(plain.cookie("session").is_some(), "it does not count yet");

    let phone = Phone(setup.secret);
    for (code, words) in [("", "six digits"), ("12345", "six digits"), ("abcd-efgh-abcd-efgh", "six digits")] {
        refused(&pat.post("confirm_two_factor", &[("code", code)]).await, "code", words);
    }
    refused(&pat.post("confirm_two_factor", &[("code", &phone.code(40))]).await, "code", "check the clock");
    done(&pat.post("confirm_two_factor", &[("code", &phone.code(0))]).await, "Two-factor sign-in is on.");
    let on = pat.page().await;
    assert!(matches!(on.two_factor, TwoFactor::On { codes_left: 10, .. }));
    assert_eq!(on.fresh_codes.len(), 10);
    let again = pat.post("begin_two_factor", &[("password", PASSWORD)]).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn turning_it_on_ends_what_the_password_alone_has_led_to() {
    let app = TestApp::new().await;
    let pat = Someone::new(&app).await;
    let device = auth::device::name(pat.id);
    let thief = app.stranger().post("/api/sign_in", &pat.credentials()).await;
    let inside = Browser { cookie: thief.cookie("session"), ..app.stranger() };
    assert!(is_signed_in(&inside).await);
    let (_, turned_on) = pat.turn_on().await;
    done(&turned_on, "You are signed out everywhere else.");
    assert!(turned_on.cookie(&device).is_some(), "this browser is known again");
    assert!(is_signed_in(&pat.browser).await && !is_signed_in(&inside).await);

    // The browser that the password alone made known has no codes of its own.
    for network in 0..3 {
        for _ in 0..10 {
            let _ = app.state.limits.code(&pat.id.to_string(), &format!("192.0.2.{network}"), None, clock::now());
        }
    }
    for (cookie, status) in [
        (thief.cookie(&device).unwrap(), StatusCode::TOO_MANY_REQUESTS),
        (turned_on.cookie(&device).unwrap(), StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let (_, half) = pat.half(&app.stranger()).await;
        let both = Browser { cookie: Some(format!("{cookie}; {}", half.cookie.unwrap())), ..app.stranger() };
        assert_eq!(enter(&both, "aaaa-aaaa-aaaa-aaaa").await.status, status);
    }
}

#[tokio::test]
async fn what_was_begun_can_be_left_and_runs_out() {
    let app = TestApp::new().await;
    let pat = Someone::new(&app).await;
    done(&pat.post("begin_two_factor", &[("password", PASSWORD)]).await, "Add the account");
    done(&pat.post("stop_two_factor_setup", &[]).await, "stays off");
    assert_eq!(pat.page().await.two_factor, TwoFactor::Off);
    done(&pat.post("begin_two_factor", &[("password", PASSWORD)]).await, "Add the account");
    let TwoFactor::SettingUp(setup) = pat.page().await.two_factor else { panic!("not begun") };
    let mut tx = app.db.begin().await.unwrap();
    sqlx::query("update totp set created_at = created_at - 600000").execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(pat.page().await.two_factor, TwoFactor::Off, "the secret is not shown for ever");
    let late = pat.post("confirm_two_factor", &[("code", &Phone(setup.secret).code(0))]).await;
    refused(&late, "", "more than ten minutes ago");
}

#[tokio::test]
async fn secrets_are_stored_encrypted_and_codes_hashed() {
    let app = TestApp::new().await;
    let (pat, phone, codes) = Someone::with_phone(&app).await;
    let stored = second_factor::totp(&app.db, pat.id).await.unwrap().unwrap().secret;
    let secret = Secret::try_from_base32(phone.0.replace(' ', "")).unwrap();
    assert!(!stored.windows(20).any(|part| part == secret.as_bytes()));
    let hashes: Vec<Vec<u8>> =
        sqlx::query_scalar("select code_hash from recovery_code").fetch_all(app.db.read()).await.unwrap();
    assert!(hashes.len() == 10 && hashes.iter().all(|hash| hash.len() == 32));
    assert!(hashes.contains(&auth::totp::recovery_hash(pat.id, &codes[0])));
}

#[tokio::test]
async fn signing_in_asks_for_a_code_after_the_password() {
    let app = TestApp::new().await;
    let (pat, phone, _) = Someone::with_phone(&app).await;
    let stranger = app.stranger();
    let wrong = stranger.post("/api/sign_in", &format!("email={}&password=x", pat.email)).await;
    let unknown = stranger.post("/api/sign_in", "email=nobody@example.com&password=x").await;
    assert_eq!((wrong.status, &wrong.body), (unknown.status, &unknown.body), "nobody learns who has it");
    assert!(wrong.cookie("half-sign-in").is_none());

    let form = format!("{}&next=%2Fprojects%2Fcup%2Fcustomers", pat.credentials());
    let answer = stranger.post("/api/sign_in", &form).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::OK, "/sign-in/code"));
    assert!(answer.cookie("session").is_none() && answer.cookie(&auth::device::name(pat.id)).is_none());
    let set = answer.header("set-cookie");
    assert!(set.starts_with("half-sign-in=") && set.contains("HttpOnly") && set.contains("Max-Age=600"), "{set}");
    let half = Browser { cookie: answer.cookie("half-sign-in"), ..stranger.clone() };
    assert_eq!(half.get("/projects/cup/messages").await.status, StatusCode::SEE_OTHER, "it is no session");

    refused(&enter(&half, "").await, "code", "six digits");
    refused(&enter(&half, &phone.code(40)).await, "code", "wrong, or too old");
    refused(&enter(&stranger, &phone.code(0)).await, "", "Sign in again");
    let entered = enter(&half, &phone.code(0)).await;
    assert_eq!((entered.status, entered.header("location")), (StatusCode::OK, "/projects/cup/customers"));
    assert!(entered.cookie(&auth::device::name(pat.id)).is_some());
    let inside = Browser { cookie: entered.cookie("session"), ..stranger.clone() };
    assert!(is_signed_in(&inside).await);
    assert!(entered.cookie("half-sign-in").is_some_and(|cookie| cookie == "half-sign-in="));
    refused(&enter(&half, &phone.code(1)).await, "", "Sign in again");
    assert_eq!(app.count("select count(*) from half_sign_in").await, 0);
}

#[tokio::test]
async fn it_works_without_scripts() {
    let app = TestApp::new().await;
    let (pat, phone, _) = Someone::with_phone(&app).await;
    let stranger = app.stranger();
    let first = stranger.submit("/api/sign_in", &pat.credentials(), "/sign-in").await;
    assert_eq!((first.status, first.header("location")), (StatusCode::FOUND, "/sign-in/code"));
    assert_eq!(stranger.get("/sign-in/code").await.header("location"), "/sign-in", "who gave no password begins there");
    let half = Browser { cookie: first.cookie("half-sign-in"), ..stranger };
    let asked = half.get("/sign-in/code").await;
    assert!(asked.status == StatusCode::OK && asked.body.contains("Enter your code"), "{}", asked.body);
    let wrong = half.submit("/api/sign_in_by_code", "code=000", "/sign-in/code").await;
    let back = wrong.header("location").strip_prefix(BASE).unwrap().to_owned();
    assert!(half.get(&back).await.body.contains("Enter the six digits"));
    let right = half.submit("/api/sign_in_by_code", &format!("code={}", phone.code(0)), "/sign-in/code").await;
    assert_eq!((right.status, right.header("location")), (StatusCode::FOUND, "/projects/cup/messages"));
    assert!(right.cookie("session").is_some());
}

#[tokio::test]
async fn each_code_signs_in_once() {
    let app = TestApp::new().await;
    let (pat, phone, codes) = Someone::with_phone(&app).await;
    let code = phone.code(0);
    let (_, half) = pat.half(&app.stranger()).await;
    let (_, other) = pat.half(&app.stranger()).await;
    let (first, second) = futures::join!(enter(&half, &code), enter(&other, &code));
    let mut answers = [first, second];
    answers.sort_by_key(|answer| answer.status);
    assert_eq!(answers[0].status, StatusCode::OK);
    refused(&answers[1], "code", "used already");
    let (_, half) = pat.half(&app.stranger()).await;
    refused(&enter(&half, &phone.code(-1)).await, "code", "used already");
    assert_eq!(enter(&half, &phone.code(1)).await.status, StatusCode::OK, "a phone may be a step ahead");

    let (_, half) = pat.half(&app.stranger()).await;
    assert_eq!(enter(&half, &codes[3].to_uppercase()).await.status, StatusCode::OK);
    let (_, half) = pat.half(&app.stranger()).await;
    refused(&enter(&half, &codes[3]).await, "code", "used already");
    assert!(matches!(pat.page().await.two_factor, TwoFactor::On { codes_left: 9, .. }));
}

#[tokio::test]
async fn a_half_sign_in_waits_for_ten_minutes() {
    let app = TestApp::new().await;
    let (pat, phone, _) = Someone::with_phone(&app).await;
    let (_, half) = pat.half(&app.stranger()).await;
    let mut tx = app.db.begin().await.unwrap();
    sqlx::query("update half_sign_in set expires_at = expires_at - 600000").execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    refused(&enter(&half, &phone.code(0)).await, "", "more than ten minutes");
    assert_eq!(half.get("/sign-in/code").await.header("location"), "/sign-in");
    pat.half(&app.stranger()).await;
    assert_eq!(app.count("select count(*) from half_sign_in").await, 1, "what has expired is deleted");
}

#[tokio::test]
async fn a_link_is_one_factor_and_a_known_browser_is_none() {
    let app = TestApp::new().await;
    let (pat, phone, _) = Someone::with_phone(&app).await;
    let link = auth::new_link(&app.db, pat.id, clock::now()).await.unwrap();
    let answer = app.stranger().post("/api/sign_in_by_link", &format!("token={link}")).await;
    assert_eq!(answer.header("location"), "/sign-in/code");
    assert!(answer.cookie("session").is_none());
    let half = Browser { cookie: answer.cookie("half-sign-in"), ..app.stranger() };
    let entered = enter(&half, &phone.code(0)).await;
    assert_eq!(entered.status, StatusCode::OK);
    let known = Browser { cookie: entered.cookie(&auth::device::name(pat.id)), ..app.stranger() };
    let again = known.post("/api/sign_in", &pat.credentials()).await;
    assert_eq!(again.header("location"), "/sign-in/code");
}

#[tokio::test]
async fn guessing_codes_is_slowed_down_and_keeps_no_known_browser_out() {
    let app = TestApp::new().await;
    let (pat, phone, codes) = Someone::with_phone(&app).await;
    let (_, half) = pat.half(&app.stranger()).await;
    let entered = enter(&half, &codes[0]).await;
    let device = entered.cookie(&auth::device::name(pat.id)).unwrap();

    for guesser in 1..=3 {
        let guesser = Browser { peer: format!("192.0.2.{guesser}:1234").parse().unwrap(), ..app.stranger() };
        let (_, half) = pat.half(&guesser).await;
        let mut statuses = Vec::new();
        for _ in 0..11 {
            statuses.push(enter(&half, "aaaa-aaaa-aaaa-aaaa").await.status);
        }
        assert_eq!(statuses.last(), Some(&StatusCode::TOO_MANY_REQUESTS), "{statuses:?}");
    }
    let (_, stranger) = pat.half(&app.stranger()).await;
    let limited = enter(&stranger, &phone.code(0)).await;
    assert!(limited.status == StatusCode::TOO_MANY_REQUESTS && limited.body.contains("Wait"), "{}", limited.body);
    // Wrong passwords take nothing from the codes, and the browser that signed in before has attempts of its own.
    let known = Browser { cookie: Some(device.clone()), ..app.stranger() };
    let (_, half) = pat.half(&known).await;
    let both = Browser { cookie: Some(format!("{device}; {}", half.cookie.unwrap())), ..app.stranger() };
    assert_eq!(enter(&both, &phone.code(0)).await.status, StatusCode::OK);
}

#[tokio::test]
async fn recovery_codes_are_shown_once_and_made_anew() {
    let app = TestApp::new().await;
    let (pat, phone, codes) = Someone::with_phone(&app).await;
    let other = session(&app, pat.id).await;
    assert!(page(&other).await.fresh_codes.is_empty(), "only where they were made");
    let shown = pat.browser.get("/projects/cup/account").await.body;
    assert!(codes.iter().all(|code| shown.contains(code)), "without scripts too");
    done(&pat.post("forget_recovery_codes", &[]).await, "not shown again");
    assert!(pat.page().await.fresh_codes.is_empty());

    refused(&pat.post("new_recovery_codes", &[("password", "x"), ("code", "123456")]).await, "password", "not your");
    refused(&pat.post("new_recovery_codes", &[("password", PASSWORD), ("code", "")]).await, "code", "six digits");
    let made = pat.post("new_recovery_codes", &[("password", PASSWORD), ("code", &phone.code(0))]).await;
    done(&made, "The ones before no longer work.");
    let new = pat.page().await.fresh_codes;
    assert!(new.len() == 10 && !new.contains(&codes[0]));
    let (_, half) = pat.half(&app.stranger()).await;
    refused(&enter(&half, &codes[0]).await, "code", "none of your recovery codes");
    assert_eq!(enter(&half, &new[0]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn turning_it_off_asks_for_password_and_code() {
    let app = TestApp::new().await;
    let (pat, _, codes) = Someone::with_phone(&app).await;
    let (_, half) = pat.half(&app.stranger()).await;
    refused(&pat.post("turn_off_two_factor", &[("password", PASSWORD)]).await, "code", "six digits");
    refused(&pat.post("turn_off_two_factor", &[("code", &codes[0])]).await, "password", "Enter your password.");
    done(&pat.post("turn_off_two_factor", &[("password", PASSWORD), ("code", &codes[0])]).await, "is off");
    assert_eq!(pat.page().await.two_factor, TwoFactor::Off);
    assert_eq!(app.count("select (select count(*) from totp) + (select count(*) from recovery_code)").await, 0);
    refused(&enter(&half, &codes[1]).await, "", "Sign in again");
    let plain = app.stranger().post("/api/sign_in", &pat.credentials()).await;
    assert!(plain.cookie("session").is_some());
    let again = pat.post("turn_off_two_factor", &[("password", PASSWORD), ("code", &codes[1])]).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn a_new_password_asks_for_a_code() {
    let app = TestApp::new().await;
    let (pat, _, codes) = Someone::with_phone(&app).await;
    assert!(pat.browser.get("/projects/cup/account").await.body.contains("password-code"));
    let new = "another long password";
    let fields = [("present", PASSWORD), ("password", new), ("repeat", new)];
    refused(&pat.post("change_password", &fields).await, "code", "six digits");
    refused(&pat.post("change_password", &[&fields[..], &[("code", "000000")]].concat()).await, "code", "wrong");
    let changed = pat.post("change_password", &[&fields[..], &[("code", &codes[0])]].concat()).await;
    done(&changed, "Your password is changed.");
    let browser = Browser { cookie: changed.cookie("session"), ..app.stranger() };
    assert_eq!(page(&browser).await.fresh_codes.len(), 10, "the codes are still to be kept");
}

#[tokio::test]
async fn what_is_set_up_is_shown_and_confirmed_in_that_session_alone() {
    let app = TestApp::new().await;
    let pat = Someone::new(&app).await;
    let other = session(&app, pat.id).await;
    done(&pat.post("begin_two_factor", &[("password", PASSWORD)]).await, "Add the account");
    let TwoFactor::SettingUp(setup) = pat.page().await.two_factor else { panic!("not begun") };
    assert_eq!(page(&other).await.two_factor, TwoFactor::Off);
    assert!(!other.get("/projects/cup/account").await.body.contains(&setup.secret));
    let code = Phone(setup.secret).code(0);
    refused(&post(&other, "confirm_two_factor", &[("code", &code)]).await, "", "in another browser");
    done(&pat.post("confirm_two_factor", &[("code", &code)]).await, "Two-factor sign-in is on.");
}

#[tokio::test]
async fn a_new_password_ends_half_sign_ins() {
    let app = TestApp::new().await;
    let (pat, phone, _) = Someone::with_phone(&app).await;
    let (_, half) = pat.half(&app.stranger()).await;
    people::set_password(&app.db, &pat.email, "another hash").await.unwrap();
    refused(&enter(&half, &phone.code(0)).await, "", "Sign in again");
}

#[tokio::test]
async fn with_another_key_recovery_codes_still_work() {
    let mut app = TestApp::new().await;
    let (pat, phone, codes) = Someone::with_phone(&app).await;
    let (mut transports, _) = crate::server::delivery::Transports::memory(BASE).unwrap();
    transports.key = Some(SealingKey::parse("AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=").unwrap());
    app.state.transports = Arc::new(transports);
    app.serve_anew().await;
    let (_, half) = pat.half(&app.stranger()).await;
    refused(&enter(&half, &phone.code(0)).await, "code", "SECRET_KEY has changed");
    assert_eq!(enter(&half, &codes[0]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn whoever_runs_the_server_resets_it() {
    let app = TestApp::new().await;
    let (pat, _, _) = Someone::with_phone(&app).await;
    assert!(second_factor::remove(&app.db, pat.id).await.unwrap());
    assert!(!second_factor::remove(&app.db, pat.id).await.unwrap());
    assert!(is_signed_in(&pat.browser).await, "sessions stay");
    let plain = app.stranger().post("/api/sign_in", &pat.credentials()).await;
    assert!(plain.cookie("session").is_some());
}

#[tokio::test]
async fn everybody_changes_their_own_only() {
    let app = TestApp::new().await;
    let (pat, phone, codes) = Someone::with_phone(&app).await;
    let (other, ..) = Someone::with_phone(&app).await;
    for code in [&codes[0], &phone.code(0)] {
        let theirs = other.post("turn_off_two_factor", &[("password", PASSWORD), ("code", code)]).await;
        assert_eq!(theirs.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", theirs.body);
    }
    for person in [&pat, &other] {
        assert!(matches!(person.page().await.two_factor, TwoFactor::On { codes_left: 10, .. }));
    }
    done(&pat.post("turn_off_two_factor", &[("password", PASSWORD), ("code", &codes[0])]).await, "is off");
}
