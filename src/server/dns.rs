//! Questions to the DNS.

use crate::domain::connection::dns::Answer;
use futures::future::BoxFuture;
use hickory_resolver::{
    TokioResolver,
    config::ResolveHosts,
    net::NetError,
    proto::rr::{RData, RecordType},
};
use std::{sync::Arc, time::Duration};
use tokio::{sync::OnceCell, time::timeout};

/// How long one question may take, with all that is tried for it.
const PATIENCE: Duration = Duration::from_secs(5);
/// How much of an answer is read: records, and characters of each.
const RECORDS: usize = 20;
const CHARACTERS: usize = 2_000;

/// What is asked of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    Txt,
    Mx,
    /// IPv4 addresses.
    Address,
}

/// Whom to ask; cheap to clone.
#[derive(Clone)]
pub struct Dns(Arc<dyn Fn(String, Question) -> BoxFuture<'static, Answer> + Send + Sync>);

impl Dns {
    /// The system's name servers.
    pub fn system() -> Self {
        let resolver: Arc<OnceCell<TokioResolver>> = Arc::default();
        Self(Arc::new(move |name, question| {
            let resolver = resolver.clone();
            Box::pin(async move {
                let asked = timeout(PATIENCE, async {
                    let resolver = resolver.get_or_try_init(|| async { build() }).await?;
                    ask(resolver, &name, question).await
                });
                match asked.await {
                    Ok(Ok(answer)) => answer,
                    Ok(Err(error)) => {
                        tracing::debug!(%error, "the DNS did not answer");
                        Answer::Failed
                    }
                    Err(_) => Answer::Failed,
                }
            })
        }))
    }

    /// What `answer` says.
    pub fn new(answer: impl Fn(&str, Question) -> Answer + Send + Sync + 'static) -> Self {
        Self(Arc::new(move |name, question| {
            let answer = answer(&name, question);
            Box::pin(async { answer })
        }))
    }

    pub async fn ask(&self, name: &str, question: Question) -> Answer {
        (self.0)(name.to_owned(), question).await
    }
}

fn build() -> Result<TokioResolver, NetError> {
    let mut builder = TokioResolver::builder_tokio()?;
    let options = builder.options_mut();
    options.timeout = Duration::from_secs(2);
    options.attempts = 1;
    // What was just mended is to be seen.
    options.cache_size = 0;
    options.use_hosts_file = ResolveHosts::Never;
    builder.build()
}

async fn ask(resolver: &TokioResolver, name: &str, question: Question) -> Result<Answer, NetError> {
    let kind = match question {
        Question::Txt => RecordType::TXT,
        Question::Mx => RecordType::MX,
        Question::Address => RecordType::A,
    };
    // With the dot at the end, no domain of this machine is tried after it.
    let lookup = match resolver.lookup(format!("{}.", name.trim_end_matches('.')), kind).await {
        Ok(lookup) => lookup,
        Err(error) if error.is_no_records_found() => return Ok(Answer::Nothing),
        Err(error) => return Err(error),
    };
    let records: Vec<String> = lookup.answers().iter().filter_map(|record| text(&record.data)).take(RECORDS).collect();
    Ok(if records.is_empty() { Answer::Nothing } else { Answer::Found(records) })
}

/// None for what was not asked, such as the alias on the way.
fn text(data: &RData) -> Option<String> {
    let text = match data {
        RData::TXT(txt) => txt.txt_data.iter().map(|part| String::from_utf8_lossy(part)).collect::<String>(),
        RData::MX(mx) => {
            let host = mx.exchange.to_utf8();
            let host = if host == "." { &host } else { host.trim_end_matches('.') };
            format!("{} {host}", mx.preference)
        }
        RData::A(address) => address.to_string(),
        _ => return None,
    };
    let plain = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    Some(plain.take(CHARACTERS).collect())
}
