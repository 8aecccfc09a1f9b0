//! The demo's outbox: a file for each sent message, in one folder per project.

use crate::{
    domain::{
        AppError, AppResult, MessageId, Timestamp,
        message::Channel,
        outbox::{OutboxItem, OutboxMail},
    },
    server::{auth, config::Config, request_id, store::guard::Viewer},
};
use mail_parser::{Address, MessageParser};
use std::{
    fs, io,
    path::{Path, PathBuf},
};
use uuid::Uuid;

/// The most messages that the page shows.
const SHOWN: usize = 200;

/// Newest first.
pub async fn list(viewer: &Viewer) -> AppResult<Vec<OutboxItem>> {
    let folder = folder(&auth::state()?.config, viewer)?;
    let viewer = viewer.clone();
    blocking(move || {
        let mut names: Vec<Name> = match fs::read_dir(&folder) {
            Ok(entries) => entries.filter_map(|e| Name::parse(e.ok()?.file_name().to_str()?)).collect(),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(e) => return Err(unreadable(&e)),
        };
        names.sort_by(|a, b| (b.at, &b.file).cmp(&(a.at, &a.file)));
        names.truncate(SHOWN);
        Ok(names.into_iter().filter_map(|name| item(&folder, name, &viewer)).collect())
    })
    .await
}

/// One mail or SMS.
pub async fn open(viewer: &Viewer, file: &str) -> AppResult<OutboxMail> {
    let mail = find(&auth::state()?.config, viewer, file).await?;
    let (text, has_html) = (mail.text.clone(), mail.html.is_some());
    Ok(OutboxMail { item: mail.item(viewer), text, has_html })
}

/// The HTML of a mail.
pub async fn html(config: &Config, viewer: &Viewer, file: &str) -> AppResult<String> {
    find(config, viewer, file).await?.html.ok_or_else(none_such)
}

/// Deletes what was written of these messages, and all copies to staff, of which nothing tells whose message they are of; what
/// cannot be deleted is logged.
pub async fn remove(config: &Config, viewer: &Viewer, messages: Vec<MessageId>) {
    let folder = config.outbox_dir().join(&viewer.slug);
    let work = move || {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let name = entry.file_name().to_str().and_then(Name::parse);
            let is_theirs = name.is_some_and(|name| name.message.is_none_or(|id| messages.contains(&id)));
            if is_theirs && let Err(error) = fs::remove_file(entry.path()) {
                tracing::warn!(%error, "a message in the outbox could not be deleted");
            }
        }
    };
    let _ = request_id::blocking(work).await;
}

/// The row of a file, also of one that cannot be read; None if the file was removed meanwhile.
fn item(folder: &Path, name: Name, viewer: &Viewer) -> Option<OutboxItem> {
    match read(folder, name.clone()) {
        Ok(mail) => Some(mail.item(viewer)),
        Err(e) if e.kind() == io::ErrorKind::NotFound => None,
        Err(_) => {
            let Name { at, message, channel, file } = name;
            let (to, subject) = Default::default();
            Some(OutboxItem { message, file, channel, is_readable: false, to, subject, at: viewer.local(at) })
        }
    }
}

async fn find(config: &Config, viewer: &Viewer, file: &str) -> AppResult<Mail> {
    let folder = folder(config, viewer)?;
    let name = Name::parse(file).ok_or_else(none_such)?;
    blocking(move || {
        read(&folder, name).map_err(|e| match e.kind() {
            io::ErrorKind::NotFound => none_such(),
            io::ErrorKind::InvalidData => AppError::Conflict("This file of the outbox is empty or damaged.".into()),
            _ => unreadable(&e),
        })
    })
    .await
}

fn folder(config: &Config, viewer: &Viewer) -> AppResult<PathBuf> {
    if !config.demo {
        return Err(AppError::NotFound("There is an outbox in the demo only.".into()));
    }
    Ok(config.outbox_dir().join(&viewer.slug))
}

fn none_such() -> AppError {
    AppError::no_such("message in the outbox")
}

fn unreadable(error: &dyn std::fmt::Display) -> AppError {
    let reference = request_id::reference();
    tracing::error!(%error, reference, "the outbox folder cannot be read");
    AppError::Internal(reference)
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> AppResult<T> + Send + 'static) -> AppResult<T> {
    request_id::blocking(work).await.map_err(|e| unreadable(&e))?
}

/// A name as delivery/file.rs writes it: `{unix ms}-{message}.eml` or `.txt`, with `copy-{UUID}` for a copy to staff.
/// Files with other names are never opened, so no name can leave the folder.
#[derive(Clone, Debug)]
struct Name {
    at: Timestamp,
    message: Option<MessageId>,
    channel: Channel,
    file: String,
}

impl Name {
    fn parse(file: &str) -> Option<Self> {
        let (stem, ending) = file.rsplit_once('.')?;
        let (at, id) = stem.split_once('-')?;
        let (copy, id) = id.strip_prefix("copy-").map_or((false, id), |id| (true, id));
        let id = Uuid::try_parse(id).ok().filter(|uuid| uuid.hyphenated().to_string() == id)?;
        Some(Self {
            at: Timestamp(at.bytes().all(|b| b.is_ascii_digit()).then(|| at.parse().ok())??),
            message: (!copy).then_some(MessageId(id)),
            channel: match ending {
                "eml" => Channel::Email,
                "txt" => Channel::Sms,
                _ => return None,
            },
            file: file.to_owned(),
        })
    }
}

struct Mail {
    name: Name,
    to: String,
    subject: String,
    text: String,
    html: Option<String>,
}

impl Mail {
    fn item(self, viewer: &Viewer) -> OutboxItem {
        let Name { at, message, channel, file } = self.name;
        let at = viewer.local(at);
        OutboxItem { message, file, channel, is_readable: true, to: self.to, subject: self.subject, at }
    }
}

/// # Errors
/// `InvalidData` if the file is not a mail or an SMS, for example because it is empty.
fn read(folder: &Path, name: Name) -> io::Result<Mail> {
    let content = fs::read(folder.join(&name.file))?;
    let mail = match name.channel {
        Channel::Email => email(name, &content),
        Channel::Sms => sms(name, &String::from_utf8_lossy(&content)),
    };
    mail.ok_or_else(|| io::ErrorKind::InvalidData.into())
}

fn email(name: Name, content: &[u8]) -> Option<Mail> {
    // The parser makes a message of any bytes but none; most of its methods panic on one without parts.
    let parsed = MessageParser::default().parse(content).filter(|parsed| !parsed.parts.is_empty())?;
    let to = parsed.to().and_then(Address::first).map(|to| match (to.name(), to.address()) {
        (Some(name), Some(address)) => format!("{name} <{address}>"),
        (_, address) => address.unwrap_or_default().to_owned(),
    });
    Some(Mail {
        to: to?,
        subject: parsed.subject().unwrap_or_default().to_owned(),
        text: parsed.body_text(0).unwrap_or_default().replace("\r\n", "\n"),
        // Only a part that was sent as HTML: the parser would derive one from the text.
        html: parsed.html_part(0).filter(|part| part.is_text_html()).and_then(|_| parsed.body_html(0)).map(Into::into),
        name,
    })
}

/// Lines of headers, an empty line, the text.
fn sms(name: Name, content: &str) -> Option<Mail> {
    let (head, text) = content.split_once("\n\n")?;
    let to = head.lines().find_map(|line| line.strip_prefix("To: "))?;
    Some(Mail { to: to.to_owned(), subject: String::new(), text: text.to_owned(), html: None, name })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0190163d-8694-739b-aea5-966c26f8ad91";

    #[test]
    fn only_names_of_ours_are_opened() {
        let mail = Name::parse(&format!("1795500000000-{ID}.eml")).unwrap();
        assert_eq!(
            (mail.at, mail.channel, mail.message),
            (Timestamp(1_795_500_000_000), Channel::Email, ID.parse().ok())
        );
        let copy = Name::parse(&format!("1-copy-{ID}.txt")).unwrap();
        assert_eq!((copy.channel, copy.message), (Channel::Sms, None));
        for wrong in [
            String::new(),
            "..".into(),
            "../1.eml".into(),
            format!("../1-{ID}.eml"),
            format!("1-{ID}.eml/../x"),
            format!("1-{ID}"),
            format!("1-{ID}.html"),
            format!("-{ID}.eml"),
            format!("+1-{ID}.eml"),
            format!("1-{{{ID}}}.eml"),
            format!(".1-{ID}.eml.part"),
            format!("1/2-{ID}.eml"),
            format!("1-{ID}\0.eml"),
        ] {
            assert!(Name::parse(&wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn mails_and_sms_are_read_as_their_customer_sees_them() {
        let name = Name::parse(&format!("1-{ID}.eml")).unwrap();
        let raw = "To: Ana Ruiz <ana@example.com>\r\nSubject: =?utf-8?b?V2llIHdhcidzLCDDnG1pdD8=?=\r\nMIME-Version: 1.0\r\n\
            Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\
            Content-Transfer-Encoding: quoted-printable\r\n\r\nHi=20Ana\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n\
            <p>Hi Ana</p>\r\n--b--\r\n";
        let mail = email(name.clone(), raw.as_bytes()).unwrap();
        assert_eq!((mail.to.as_str(), mail.subject.as_str()), ("Ana Ruiz <ana@example.com>", "Wie war's, Ümit?"));
        assert_eq!(mail.text.trim(), "Hi Ana");
        assert_eq!(mail.html.as_deref().map(str::trim), Some("<p>Hi Ana</p>"));
        assert!(email(name.clone(), b"To: a@example.com\r\n\r\nplain").unwrap().html.is_none());
        for damaged in ["", "\r\n", "To: \r\n\r\n", "\0\u{fffd}"] {
            assert!(email(name.clone(), damaged.as_bytes()).is_none(), "{damaged:?}");
            assert!(sms(name.clone(), damaged).is_none(), "{damaged:?}");
        }
        let sms = sms(name, "To: +12015550123\nFrom: Harbor\nDate: x\n\nHi Ana\n\nbye").unwrap();
        assert_eq!((sms.to.as_str(), sms.text.as_str()), ("+12015550123", "Hi Ana\n\nbye"));
    }
}
