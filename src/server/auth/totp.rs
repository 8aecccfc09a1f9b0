//! Codes of authenticator apps (RFC 6238: six digits, 30 s, SHA-1, which is what all apps can do), and recovery codes.

use super::session::random;
use crate::{
    domain::{
        AppError, AppResult, Timestamp, UserId,
        account::{Qr, RECOVERY_CODES, Setup, grouped},
    },
    server::request_id,
};
use fast_qr::{ECL, QRBuilder};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use totp_rs::{Builder, Secret, Totp};

/// What an app shows as the name of the account's owner.
const ISSUER: &str = "review-messages";

/// 160 random bits, as RFC 4226 recommends.
pub fn new_secret() -> AppResult<[u8; 20]> {
    random()
}

/// The step of the code, if it is that of now, or of the step before or after it.
pub fn step(secret: &[u8], code: &str, now: Timestamp) -> Option<i64> {
    let totp = Builder::new().with_secret(secret.to_vec()).build().ok()?;
    let step = totp.check(code, u64::try_from(now.0 / Timestamp::SECOND).ok()?)?;
    i64::try_from(step).ok()
}

/// What the app of the person with this email has to know.
pub fn setup(secret: &[u8], email: &str) -> AppResult<Setup> {
    let totp: Totp = Builder::new()
        .with_secret(secret.to_vec())
        .with_account_name(email)
        .with_issuer(Some(ISSUER))
        .build()
        .map_err(|e| broken(&e))?;
    let link = totp.to_url().map_err(|e| broken(&e))?;
    let secret = grouped(&Secret::from(secret).to_base32(), ' ');
    Ok(Setup { secret, qr: qr(&link)?, link })
}

fn qr(text: &str) -> AppResult<Qr> {
    let code = QRBuilder::new(text).ecl(ECL::M).build().map_err(|e| broken(&e))?;
    let mut path = String::new();
    for y in 0..code.size {
        let mut x = 0;
        while x < code.size {
            let run = (x..code.size).take_while(|x| code[y][*x].value()).count();
            if run > 0 {
                let _ = write!(path, "M{x} {y}h{run}v1h-{run}z");
            }
            x += run.max(1);
        }
    }
    Ok(Qr { size: u32::try_from(code.size).unwrap_or_default(), path })
}

/// New recovery codes, as people read them: 80 random bits each.
pub fn recovery_codes() -> AppResult<Vec<String>> {
    let code = || Ok(grouped(&Secret::from(&random::<10>()?[..]).to_base32().to_ascii_lowercase(), '-'));
    (0..RECOVERY_CODES).map(|_| code()).collect()
}

/// What is stored of a recovery code. It is random enough to need no slow hash; with the person, no two are alike.
pub fn recovery_hash(person: UserId, code: &str) -> Vec<u8> {
    let code: String = code.chars().filter(|c| *c != '-').collect();
    Sha256::new().chain_update(person.0.as_bytes()).chain_update(code.as_bytes()).finalize().to_vec()
}

fn broken(error: &dyn std::fmt::Display) -> AppError {
    let reference = request_id::reference();
    tracing::error!(%error, reference, "two-factor sign-in could not be prepared");
    AppError::Internal(reference)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::account::Code;

    /// RFC 6238, appendix B: the last six digits of the codes for SHA-1.
    #[test]
    fn codes_are_those_of_the_standard() {
        let secret = b"12345678901234567890";
        for (second, code) in [(59, "287082"), (1_111_111_109, "081804"), (2_000_000_000, "279037")] {
            let now = Timestamp(second * 1_000);
            assert_eq!(step(secret, code, now), Some(second / 30));
            for (later, is_right) in [(-60, false), (-30, true), (30, true), (60, false)] {
                let then = now.plus(later * Timestamp::SECOND);
                assert_eq!(step(secret, code, then).is_some(), is_right, "{code}, {later} s later");
            }
            assert_eq!(step(secret, "000000", now), None);
        }
    }

    #[test]
    fn an_app_is_told_the_secret_by_code_and_by_text() {
        let setup = setup(b"12345678901234567890", "pat@example.com").unwrap();
        assert_eq!(setup.secret, "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        assert!(setup.link.starts_with("otpauth://totp/review-messages:pat%40example.com?"), "{}", setup.link);
        assert!(setup.link.contains("secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"), "{}", setup.link);
        assert!(setup.qr.size >= 33 && setup.qr.path.starts_with("M0 0h7v1h-7z"), "{:?}", setup.qr);
    }

    #[test]
    fn recovery_codes_are_random_and_read_back() {
        let codes = recovery_codes().unwrap();
        assert_eq!(codes.len(), RECOVERY_CODES);
        let person = UserId(uuid::Uuid::from_u128(1));
        let hashes: std::collections::BTreeSet<_> = codes.iter().map(|code| recovery_hash(person, code)).collect();
        assert_eq!(hashes.len(), RECOVERY_CODES);
        for code in &codes {
            let Ok(Code::Recovery(read)) = Code::parse(code) else { panic!("{code}") };
            assert!(hashes.contains(&recovery_hash(person, &read)));
            assert!(!hashes.contains(&recovery_hash(UserId(uuid::Uuid::from_u128(2)), &read)));
        }
    }
}
