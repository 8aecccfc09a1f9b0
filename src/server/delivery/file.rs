//! The outbox folder: messages as files, for demos, trials and development.

use super::{Receipt, Refusal, evidence::Evidence, one_line, retry::Class};
use crate::domain::{Timestamp, content::Outgoing};
use std::{
    fs,
    io::{self, Write},
    path::PathBuf,
};
use tokio::task::spawn_blocking;
use uuid::Uuid;

/// Writes `{folder}/{project}/{unix ms}-{message}.eml`, or `.txt` for SMS; a copy to staff has `copy-{UUID}` for the
/// message.
#[derive(Clone, Debug)]
pub struct Outbox {
    folder: PathBuf,
}

impl Outbox {
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// The mail in its MIME form.
    pub(super) async fn email(
        &self,
        mail: &Outgoing,
        mime: &[u8],
        at: Timestamp,
        evidence: &mut Evidence,
    ) -> Result<Receipt, Refusal> {
        self.write(mail, "eml", mime, at, evidence).await
    }

    /// `To:`, `From:` and `Date:`, an empty line, the text.
    pub(super) async fn sms(&self, sms: &Outgoing, at: Timestamp, evidence: &mut Evidence) -> Result<Receipt, Refusal> {
        let to = one_line(&sms.recipient);
        let from = one_line(&sms.project_name);
        let date = at.utc().to_rfc2822();
        let content = format!("To: {to}\nFrom: {from}\nDate: {date}\n\n{}", sms.text);
        self.write(sms, "txt", content.as_bytes(), at, evidence).await
    }

    async fn write(
        &self,
        mail: &Outgoing,
        ending: &str,
        content: &[u8],
        at: Timestamp,
        evidence: &mut Evidence,
    ) -> Result<Receipt, Refusal> {
        evidence.asked("outbox");
        let name = match mail.message {
            Some(id) => format!("{}-{id}.{ending}", at.0),
            None => format!("{}-copy-{}.{ending}", at.0, Uuid::now_v7()),
        };
        self.place(&mail.project_slug, &name, content).await.map_err(|e| {
            let text = format!("The outbox folder could not be written to: {e}");
            evidence.note(&text);
            Refusal { class: Class::LATER, code: None, text }
        })?;
        evidence.note(&format!("Written as {name}"));
        Ok(Receipt { provider_id: Some(name), text: "Written to the outbox".into() })
    }

    /// Writes the file atomically and durably: no reader of the folder ever sees half a file, not even after a power cut.
    async fn place(&self, project: &str, name: &str, content: &[u8]) -> io::Result<()> {
        // All slugs have this form; the check guarantees that the file stays inside the folder.
        if project.is_empty() || !project.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a project's slug"));
        }
        let folder = self.folder.join(project);
        let (name, content) = (name.to_owned(), content.to_owned());
        spawn_blocking(move || {
            fs::create_dir_all(&folder)?;
            let draft = folder.join(format!(".{name}.part"));
            let mut file = fs::File::create(&draft)?;
            file.write_all(&content)?;
            file.sync_all()?;
            fs::rename(&draft, folder.join(name))?;
            fs::File::open(folder)?.sync_all()
        })
        .await?
    }
}
