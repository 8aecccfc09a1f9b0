//! Signing mails: DKIM (RFC 6376) with RSA or Ed25519 (RFC 8463), by ring, which the program has for TLS already; the crates that do
//! it bring the RSA of RUSTSEC-2023-0071. Header and body are canonicalized "relaxed".

use crate::domain::{Timestamp, connection::settings::Provider};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use ring::{
    rand::SystemRandom,
    signature::{Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair},
};
use sha2::{Digest, Sha256};

/// The headers that are signed, as far as a mail has them. `From` stands there twice, so that nobody can add another.
const HEADERS: [&str; 11] = [
    "From",
    "From",
    "Reply-To",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "MIME-Version",
    "Content-Type",
];
/// Amazon SES writes its own.
const REWRITTEN_BY_SES: [&str; 2] = ["Date", "Message-ID"];
/// Characters of a line of the signature.
const LINE: usize = 72;

/// A key with its place in the DNS.
pub struct Dkim {
    domain: String,
    selector: String,
    key: Key,
    provider: Provider,
}

enum Key {
    Rsa(Box<RsaKeyPair>),
    Ed25519(Ed25519KeyPair),
}

impl Dkim {
    /// Reads a private key as PEM.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it; it never repeats the key.
    pub fn new(domain: &str, selector: &str, pem: &str, provider: Provider) -> Result<Self, String> {
        Ok(Self { domain: domain.to_owned(), selector: selector.to_owned(), key: Key::parse(pem)?, provider })
    }

    /// The values of `k=` and `p=` in the DNS.
    pub fn public_key(&self) -> (&'static str, String) {
        match &self.key {
            Key::Rsa(key) => ("rsa", STANDARD.encode(subject_public_key_info(key.public().as_ref()))),
            Key::Ed25519(key) => ("ed25519", STANDARD.encode(key.public_key().as_ref())),
        }
    }

    /// The header, with its line end, that goes before the mail.
    ///
    /// # Errors
    /// A sentence, where the system has no randomness.
    pub fn sign(&self, mail: &[u8], at: Timestamp) -> Result<Vec<u8>, String> {
        let text = String::from_utf8_lossy(mail);
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let headers = headers(head);
        let has = |name: &str| headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(name));
        let is_kept = |name: &str| self.provider != Provider::Ses || !REWRITTEN_BY_SES.contains(&name);
        let signed: Vec<&str> = HEADERS.into_iter().filter(|name| has(name) && is_kept(name)).collect();
        let body_hash = STANDARD.encode(Sha256::digest(canonical_body(body)));
        let Self { domain, selector, key, .. } = self;
        let (algorithm, seconds) = (key.algorithm(), at.0 / Timestamp::SECOND);
        let unsigned = format!(
            "v=1; a={algorithm}; c=relaxed/relaxed;\r\n\td={domain}; s={selector};\r\n\tt={seconds}; h={};\r\n\tbh={body_hash};\r\n\tb=",
            signed.join(":\r\n\t ")
        );
        let signature = STANDARD.encode(key.sign(&what_is_signed(&headers, &signed, &unsigned))?);
        let mut header = format!("DKIM-Signature: {unsigned}");
        for (i, part) in signature.as_bytes().chunks(LINE).enumerate() {
            header.push_str(if i == 0 { "" } else { "\r\n\t" });
            header.push_str(&String::from_utf8_lossy(part));
        }
        header.push_str("\r\n");
        Ok(header.into_bytes())
    }
}

impl Key {
    fn parse(pem: &str) -> Result<Self, String> {
        let mut lines = pem.lines().map(str::trim).filter(|line| !line.is_empty());
        let kind = lines.next().and_then(|line| line.strip_prefix("-----BEGIN ")?.strip_suffix("-----"));
        let kind = kind.ok_or("The key does not begin with -----BEGIN PRIVATE KEY-----.")?;
        let body: String = lines.take_while(|line| !line.starts_with("-----END ")).collect();
        let der = STANDARD.decode(body).map_err(|_| "The key is damaged: paste it whole, as it stands in its file.")?;
        let unusable =
            "The key is not one that mails are signed with: it must be RSA of 2,048 to 4,096 bits, or Ed25519.";
        match kind {
            "RSA PRIVATE KEY" => {
                RsaKeyPair::from_der(&der).map(|key| Self::Rsa(Box::new(key))).map_err(|_| unusable.into())
            }
            "PRIVATE KEY" => match RsaKeyPair::from_pkcs8(&der) {
                Ok(key) => Ok(Self::Rsa(Box::new(key))),
                Err(_) => {
                    Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der).map(Self::Ed25519).map_err(|_| unusable.into())
                }
            },
            "ENCRYPTED PRIVATE KEY" => Err("The key is protected by a password: paste it without one.".into()),
            _ => Err(unusable.into()),
        }
    }

    fn algorithm(&self) -> &'static str {
        match self {
            Self::Rsa(_) => "rsa-sha256",
            Self::Ed25519(_) => "ed25519-sha256",
        }
    }

    fn sign(&self, text: &[u8]) -> Result<Vec<u8>, String> {
        match self {
            Self::Rsa(key) => {
                let mut signature = vec![0; key.public().modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text, &mut signature)
                    .map_err(|_| "The mail could not be signed")?;
                Ok(signature)
            }
            // RFC 8463, 3: the hash is what is signed.
            Self::Ed25519(key) => Ok(key.sign(&Sha256::digest(text)).as_ref().to_vec()),
        }
    }
}

/// Names and values, the values with their folds.
fn headers(head: &str) -> Vec<(&str, String)> {
    let mut all: Vec<(&str, String)> = Vec::new();
    for line in head.split("\r\n") {
        match (line.starts_with([' ', '\t']), all.last_mut()) {
            (true, Some((_, value))) => {
                value.push_str("\r\n");
                value.push_str(line);
            }
            _ => {
                if let Some((name, value)) = line.split_once(':') {
                    all.push((name.trim_end(), value.to_owned()));
                }
            }
        }
    }
    all
}

/// The chosen headers, of several with one name the last one first (RFC 6376, 5.4.2), and then the signature's own without its
/// line end.
fn what_is_signed(headers: &[(&str, String)], signed: &[&str], unsigned: &str) -> Vec<u8> {
    let mut text = String::new();
    let mut left: Vec<&(&str, String)> = headers.iter().collect();
    for name in signed {
        if let Some(at) = left.iter().rposition(|(known, _)| known.eq_ignore_ascii_case(name)) {
            let (name, value) = left.remove(at);
            text.push_str(&canonical_header(name, value));
            text.push_str("\r\n");
        }
    }
    text.push_str(&canonical_header("DKIM-Signature", unsigned));
    text.into_bytes()
}

/// RFC 6376, 3.4.2.
fn canonical_header(name: &str, value: &str) -> String {
    let words = value.split([' ', '\t', '\r', '\n']).filter(|word| !word.is_empty()).collect::<Vec<_>>();
    format!("{}:{}", name.to_ascii_lowercase(), words.join(" "))
}

/// RFC 6376, 3.4.4.
fn canonical_body(body: &str) -> String {
    let mut text = String::with_capacity(body.len() + 2);
    for line in body.split("\r\n") {
        let mut is_after_space = false;
        for c in line.trim_end_matches([' ', '\t']).chars() {
            let is_space = matches!(c, ' ' | '\t');
            if !is_space {
                text.push(c);
            } else if !is_after_space {
                text.push(' ');
            }
            is_after_space = is_space;
        }
        text.push_str("\r\n");
    }
    let end = text.trim_end_matches("\r\n").len();
    text.truncate(end);
    if end > 0 {
        text.push_str("\r\n");
    }
    text
}

/// An RSA public key of PKCS #1 as the SubjectPublicKeyInfo (RFC 5280) that the DNS has.
fn subject_public_key_info(key: &[u8]) -> Vec<u8> {
    /// The algorithm rsaEncryption, without parameters.
    const RSA: [u8; 15] = [0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 5, 0];
    let bits = [&[0][..], key].concat();
    der(0x30, &[&RSA[..], &der(3, &bits)].concat())
}

/// A value in DER with its tag and length, below 64 kB.
fn der(tag: u8, value: &[u8]) -> Vec<u8> {
    let [_, .., high, low] = value.len().to_be_bytes();
    let head = match (high, low) {
        (0, 0..=127) => vec![tag, low],
        (0, _) => vec![tag, 0x81, low],
        _ => vec![tag, 0x82, high, low],
    };
    [head, value.to_vec()].concat()
}

#[cfg(test)]
mod tests;
