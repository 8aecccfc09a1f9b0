//! An SMTP server that takes every mail and keeps none, unless it is told otherwise. It counts mails by their Message-ID.
#![allow(dead_code, reason = "each benchmark uses a part of it")]

use crate::Result;
use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    time::sleep,
};
use uuid::Uuid;

/// A point of the conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    Greeting,
    SignIn,
    Mail,
    Rcpt,
    Data,
    /// After the final dot.
    End,
}

#[derive(Clone, Debug)]
pub enum Answer {
    Say(String),
    HangUp,
    Silence,
}

/// What to answer at a point, to this recipient (empty before RCPT); None for the usual.
type Rule = Box<dyn Fn(At, &str) -> Option<Answer> + Send + Sync>;

#[derive(Default)]
struct Told {
    rule: Option<Rule>,
    /// How long it takes to take a mail.
    slowness: Duration,
    offers_sign_in: bool,
}

#[derive(Default)]
struct State {
    taken: AtomicU32,
    conversations: AtomicU32,
    /// When each mail was taken, every time.
    mails: Mutex<HashMap<Uuid, Vec<Instant>>>,
    told: RwLock<Told>,
}

#[derive(Clone)]
pub struct Sink {
    pub address: SocketAddr,
    state: Arc<State>,
}

impl Sink {
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let sink = Self { address: listener.local_addr()?, state: Arc::default() };
        let state = sink.state.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                state.conversations.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(Conversation::hold(stream, state.clone()));
            }
        });
        Ok(sink)
    }

    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// How many mails were taken.
    pub fn taken(&self) -> u32 {
        self.state.taken.load(Ordering::Relaxed)
    }

    /// How often somebody connected.
    pub fn conversations(&self) -> u32 {
        self.state.conversations.load(Ordering::Relaxed)
    }

    /// How often this one was taken.
    pub fn times(&self, message: Uuid) -> usize {
        self.mails().get(&message).map_or(0, Vec::len)
    }

    /// When this one was taken last.
    pub fn last(&self, message: Uuid) -> Option<Instant> {
        self.mails().get(&message)?.last().copied()
    }

    fn mails(&self) -> MutexGuard<'_, HashMap<Uuid, Vec<Instant>>> {
        self.state.mails.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, change: impl FnOnce(&mut Told)) {
        change(&mut self.state.told.write().unwrap_or_else(PoisonError::into_inner));
    }

    /// From now on each mail takes this long.
    pub fn take_time(&self, slowness: Duration) {
        self.tell(|told| told.slowness = slowness);
    }

    /// From now on answers by this rule.
    pub fn answer(&self, rule: impl Fn(At, &str) -> Option<Answer> + Send + Sync + 'static) {
        self.tell(|told| told.rule = Some(Box::new(rule)));
    }

    /// From now on says this at that point.
    pub fn say(&self, at: At, words: &str) {
        let words = words.to_owned();
        self.answer(move |here, _| (here == at).then(|| Answer::Say(words.clone())));
    }

    /// From now on takes every mail.
    pub fn take_all(&self) {
        self.tell(|told| told.rule = None);
    }

    /// Offers AUTH, and takes any password.
    pub fn offer_sign_in(&self) {
        self.tell(|told| told.offers_sign_in = true);
    }

    /// From the first mail until the last, or until none came for 20 s.
    pub async fn wait_for(&self, wanted: u32) -> (u32, f64) {
        let (mut first, mut last, mut seen) = (None, Instant::now(), 0);
        loop {
            sleep(Duration::from_millis(5)).await;
            let now = self.taken();
            if now > seen {
                first.get_or_insert_with(Instant::now);
                (seen, last) = (now, Instant::now());
            }
            if seen >= wanted || last.elapsed() > Duration::from_secs(20) {
                return (seen, first.map_or(f64::NAN, |f| last.duration_since(f).as_secs_f64()));
            }
        }
    }
}

struct Conversation {
    lines: BufReader<OwnedReadHalf>,
    write: OwnedWriteHalf,
    state: Arc<State>,
    recipient: String,
}

impl Conversation {
    async fn hold(stream: TcpStream, state: Arc<State>) -> Option<()> {
        let _ = stream.set_nodelay(true);
        let (read, write) = stream.into_split();
        let mut own = Self { lines: BufReader::new(read), write, state, recipient: String::new() };
        own.reply(At::Greeting, "220 sink ESMTP").await?;
        let mut line = Vec::new();
        loop {
            own.line(&mut line).await?;
            let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
            match &verb[..] {
                b"EHLO" => {
                    let offers = own.state.told.read().ok()?.offers_sign_in;
                    let sign_in = if offers { "250-AUTH PLAIN\r\n" } else { "" };
                    own.say(&format!("250-sink\r\n{sign_in}250-PIPELINING\r\n250 8BITMIME")).await?;
                }
                b"AUTH" => drop(own.reply(At::SignIn, "235 2.7.0 welcome").await?),
                b"MAIL" => {
                    own.recipient.clear();
                    own.reply(At::Mail, "250 ok").await?;
                }
                b"RCPT" => {
                    let text = String::from_utf8_lossy(&line);
                    own.recipient = text.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                    own.reply(At::Rcpt, "250 ok").await?;
                }
                b"DATA" => {
                    if own.reply(At::Data, "354 go on").await? {
                        own.take(&mut line).await?;
                    }
                }
                b"QUIT" => return own.say("221 bye").await,
                _ => own.say("250 ok").await?,
            }
        }
    }

    /// Reads a mail. It counts from its final dot on, also where nobody waits for the answer any more.
    async fn take(&mut self, line: &mut Vec<u8>) -> Option<()> {
        let mut id = Uuid::nil();
        loop {
            self.line(line).await?;
            if line == b".\r\n" {
                break;
            }
            if id.is_nil() && line.get(..11).is_some_and(|name| name.eq_ignore_ascii_case(b"message-id:")) {
                let text = String::from_utf8_lossy(line);
                id = text.split(['<', '@']).nth(1).and_then(|id| id.parse().ok()).unwrap_or_default();
            }
        }
        let slowness = {
            let told = self.state.told.read().ok()?;
            let is_taken = told.rule.as_ref().is_none_or(|rule| rule(At::End, &self.recipient).is_none());
            if is_taken {
                self.state.mails.lock().ok()?.entry(id).or_default().push(Instant::now());
                self.state.taken.fetch_add(1, Ordering::Relaxed);
            }
            told.slowness
        };
        if !slowness.is_zero() {
            sleep(slowness).await;
        }
        self.reply(At::End, "250 2.0.0 taken").await.map(drop)
    }

    /// Whether the answer was the usual one; None if the conversation is over.
    async fn reply(&mut self, at: At, usual: &str) -> Option<bool> {
        let told = self.state.told.read().ok()?.rule.as_ref().and_then(|rule| rule(at, &self.recipient));
        match told {
            None => self.say(usual).await.map(|()| true),
            Some(Answer::Say(words)) => {
                self.say(&words).await?;
                (!words.starts_with("421")).then_some(false)
            }
            Some(Answer::HangUp) => None,
            Some(Answer::Silence) => std::future::pending().await,
        }
    }

    async fn say(&mut self, words: &str) -> Option<()> {
        self.write.write_all(format!("{words}\r\n").as_bytes()).await.ok()
    }

    async fn line(&mut self, line: &mut Vec<u8>) -> Option<()> {
        line.clear();
        (self.lines.read_until(b'\n', line).await.ok()? > 0).then_some(())
    }
}
