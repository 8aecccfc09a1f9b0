//! Signatures by Standard Webhooks (<https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>).
//!
//! These lines and not the crate `standardwebhooks`: its last release (1.0.1) is of March 2024, and it would bring a second base64 and
//! another HMAC beside ring's, which is here anyway.

use crate::{
    domain::{AppError, AppResult, Timestamp, webhook::SECRET_START},
    server::request_id,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use ring::{
    hmac,
    rand::{SecureRandom, SystemRandom},
};

/// The length of a secret, in bytes.
pub const SECRET_LEN: usize = 24;

/// # Errors
/// `Internal` where the system has no randomness.
pub fn new_secret() -> AppResult<[u8; SECRET_LEN]> {
    let mut secret = [0; SECRET_LEN];
    SystemRandom::new().fill(&mut secret).map_err(|_| AppError::Internal(request_id::reference()))?;
    Ok(secret)
}

/// As the receiver is to enter it.
pub fn shown(secret: &[u8]) -> String {
    format!("{SECRET_START}{}", STANDARD.encode(secret))
}

/// The header `webhook-signature`: one for each secret, the newest first. `at` counts in whole seconds.
pub fn signatures(secrets: &[Vec<u8>], id: &str, at: Timestamp, body: &str) -> String {
    let signed = format!("{id}.{}.{body}", seconds(at));
    let one = |secret: &Vec<u8>| {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
        format!("v1,{}", STANDARD.encode(hmac::sign(&key, signed.as_bytes())))
    };
    secrets.iter().map(one).collect::<Vec<_>>().join(" ")
}

/// The header `webhook-timestamp`: seconds since 1970.
pub fn seconds(at: Timestamp) -> i64 {
    at.0.div_euclid(Timestamp::SECOND)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(shown: &str) -> Vec<u8> {
        STANDARD.decode(shown.strip_prefix(SECRET_START).unwrap()).unwrap()
    }

    /// The examples in the documentation of others who sign so.
    #[test]
    fn the_signature_is_that_of_the_standard() {
        for (secret_text, id, at, body, signature) in [
            (
                "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                "msg_p5jXN8AQM9LWM0D4loKWxJek",
                1_614_265_330,
                r#"{"test": 2432232314}"#,
                "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
            ),
            (
                "whsec_plJ3nmyCDGBKInavdOK15jsl",
                "msg_loFOjxBNrRLzqYUf",
                1_731_705_121,
                r#"{"event_type":"ping","data":{"success":true}}"#,
                "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=",
            ),
        ] {
            let at = Timestamp(at * Timestamp::SECOND + 999);
            assert_eq!(signatures(&[secret(secret_text)], id, at, body), signature);
        }
    }

    #[test]
    fn each_secret_signs() {
        let (new, former) = (new_secret().unwrap().to_vec(), new_secret().unwrap().to_vec());
        assert_ne!(new, former);
        let both = signatures(&[new.clone(), former.clone()], "id", Timestamp(0), "{}");
        let [one, other] = [new, former].map(|secret| signatures(&[secret], "id", Timestamp(0), "{}"));
        assert_eq!(both, format!("{one} {other}"));
    }

    #[test]
    fn a_secret_is_shown_as_receivers_enter_it() {
        let made = new_secret().unwrap();
        assert_eq!(secret(&shown(&made)), made);
        assert_eq!(shown(&made).len(), SECRET_START.len() + 32);
    }
}
