//! Secrets of connections and of authenticator apps, encrypted at rest: ChaCha20-Poly1305 (RFC 8439) by one key of the deployment.
//!
//! A sealed value is a byte for this form, the nonce, and the ciphertext with its tag. The id of the connection or the person whose
//! secret it is is authenticated with it, so that it is of no use in another's row.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ring::{
    aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    rand::{SecureRandom, SystemRandom},
};
use std::{fs, io::Write, path::Path};
use uuid::Uuid;

const FORM: u8 = 1;
/// The length of a key, in bytes.
const KEY_LEN: usize = 32;

/// The key of the deployment.
pub struct SealingKey(LessSafeKey);

impl SealingKey {
    /// Reads the base64 text of 32 bytes.
    ///
    /// # Errors
    /// A sentence that says how to make a key.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || "it must be the base64 text of 32 bytes; `openssl rand -base64 32` makes one".to_owned();
        let bytes = STANDARD.decode(text.trim()).map_err(|_| wrong())?;
        let key = UnboundKey::new(&CHACHA20_POLY1305, &bytes).map_err(|_| wrong())?;
        Ok(Self(LessSafeKey::new(key)))
    }

    /// The key in a file that only its owner may read; makes both where there is none.
    ///
    /// # Errors
    /// A sentence that names the file.
    pub fn in_file(path: &Path) -> Result<Self, String> {
        let wrong = |e: &dyn std::fmt::Display| format!("The key in {} cannot be used: {e}.", path.display());
        match fs::read_to_string(path) {
            Ok(text) => Self::parse(&text).map_err(|e| wrong(&e)),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                let mut bytes = [0; KEY_LEN];
                SystemRandom::new().fill(&mut bytes).map_err(|e| wrong(&e))?;
                let text = STANDARD.encode(bytes);
                // The data folder, of which it is the first file.
                let folder = path.parent().map_or(Ok(()), private_folder);
                match folder
                    .and_then(|()| create_private(path))
                    .and_then(|mut file| writeln!(file, "{text}").and_then(|()| file.sync_all()))
                {
                    Ok(()) => Self::parse(&text).map_err(|e| wrong(&e)),
                    // Another process made it at the same time.
                    Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {
                        let text = fs::read_to_string(path).map_err(|e| wrong(&e))?;
                        Self::parse(&text).map_err(|e| wrong(&e))
                    }
                    Err(e) => Err(wrong(&e)),
                }
            }
            Err(e) => Err(wrong(&e)),
        }
    }

    /// # Panics
    /// Where the system has no randomness: nothing is stored then.
    pub fn seal(&self, owner: impl Into<Uuid>, secret: &[u8]) -> Vec<u8> {
        let mut nonce = [0; NONCE_LEN];
        SystemRandom::new().fill(&mut nonce).expect("randomness of the system");
        let mut sealed = secret.to_vec();
        let aad = Aad::from(owner.into().into_bytes());
        self.0
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad, &mut sealed)
            .expect("a secret of less than 64 GB");
        [&[FORM][..], &nonce, &sealed].concat()
    }

    /// None where it was sealed by another key or for another owner, or is damaged.
    pub fn open(&self, owner: impl Into<Uuid>, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.strip_prefix(&[FORM])?.split_at_checked(NONCE_LEN)?;
        let mut secret = sealed.to_vec();
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let opened = self.0.open_in_place(nonce, Aad::from(owner.into().into_bytes()), &mut secret).ok()?;
        Some(opened.to_vec())
    }
}

/// Makes a folder that only its owner may look into, unless it is there.
///
/// # Errors
/// The system's.
pub fn private_folder(path: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(path)
}

fn create_private(path: &Path) -> std::io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ConnectionId;

    #[test]
    fn what_was_sealed_is_opened_by_its_key_for_its_owner_alone() {
        let (one, other) = (ConnectionId(Uuid::from_u128(7)), ConnectionId(Uuid::from_u128(8)));
        let key = SealingKey::parse(&STANDARD.encode([1; KEY_LEN])).unwrap();
        let sealed = key.seal(one, b"secret");
        assert_eq!(key.open(one, &sealed).as_deref(), Some(&b"secret"[..]));
        assert!(!sealed.windows(6).any(|part| part == b"secret"));
        assert_ne!(sealed, key.seal(one, b"secret"), "each has a nonce of its own");
        assert_eq!(key.open(other, &sealed), None);
        assert_eq!(SealingKey::parse(&STANDARD.encode([2; KEY_LEN])).unwrap().open(one, &sealed), None);
        for at in 0..sealed.len() {
            let mut damaged = sealed.clone();
            damaged[at] ^= 1;
            assert_eq!(key.open(one, &damaged), None);
            assert_eq!(key.open(one, &sealed[..at]), None);
        }
    }

    #[test]
    fn the_key_in_a_file_stays_the_same_and_is_the_owners_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("not there yet/secret.key");
        let id = ConnectionId(Uuid::from_u128(7));
        let sealed = SealingKey::in_file(&path).unwrap().seal(id, b"x");
        assert!(SealingKey::in_file(&path).unwrap().open(id, &sealed).is_some());
        let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&path).unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600);
        fs::write(&path, "short").unwrap();
        assert!(SealingKey::in_file(&path).err().unwrap().contains("openssl rand"));
    }
}
