//! An SMTP server for tests: reads mail byte by byte, answers as it is told, and accepts every form of line end.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    time::sleep,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum At {
    Greeting,
    SignIn,
    Mail,
    Rcpt,
    Data,
    /// In the middle of the body.
    Body,
    End,
}

#[derive(Clone, Debug)]
pub enum Answer {
    Reply(&'static str),
    HangUp,
    Silence,
}

#[derive(Clone, Debug)]
pub struct Mail {
    pub from: String,
    pub to: Vec<String>,
    /// As received, without the final dot, with dots unstuffed.
    pub data: String,
}

impl Mail {
    pub fn head(&self) -> &str {
        self.data.split("\r\n\r\n").next().unwrap()
    }

    pub fn header(&self, name: &str) -> Option<String> {
        let unfolded = self.head().replace("\r\n ", " ").replace("\r\n\t", " ");
        unfolded.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")).map(str::to_owned))
    }
}

#[derive(Clone, Default)]
pub struct Seen {
    pub mails: Vec<Mail>,
    pub connections: usize,
    /// Every command line, in order.
    pub commands: Vec<String>,
}

#[derive(Clone)]
pub struct SmtpServer {
    pub url: String,
    seen: Arc<Mutex<Seen>>,
    script: Arc<Mutex<HashMap<At, VecDeque<Answer>>>>,
    /// Hang up after this many mails on a connection.
    mails_per_connection: Arc<Mutex<usize>>,
    /// How long each scripted or usual answer takes.
    slowness: Arc<Mutex<Duration>>,
    has_sign_in: Arc<Mutex<bool>>,
}

impl SmtpServer {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            url: format!("smtp://{}", listener.local_addr().unwrap()),
            seen: Arc::default(),
            script: Arc::default(),
            mails_per_connection: Arc::new(Mutex::new(usize::MAX)),
            slowness: Arc::default(),
            has_sign_in: Arc::default(),
        };
        let accepting = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                accepting.seen.lock().unwrap().connections += 1;
                let server = accepting.clone();
                tokio::spawn(async move { server.serve(stream).await });
            }
        });
        server
    }

    /// Gives this answer the next time that a conversation comes to this point.
    pub fn answer(&self, at: At, answer: Answer) {
        self.script.lock().unwrap().entry(at).or_default().push_back(answer);
    }

    pub fn take_time(&self, for_each_answer: Duration) {
        *self.slowness.lock().unwrap() = for_each_answer;
    }

    /// Offers AUTH PLAIN, and takes any credentials.
    pub fn offer_sign_in(&self) {
        *self.has_sign_in.lock().unwrap() = true;
    }

    pub fn hang_up_after(&self, mails: usize) {
        *self.mails_per_connection.lock().unwrap() = mails;
    }

    pub fn seen(&self) -> Seen {
        self.seen.lock().unwrap().clone()
    }

    fn scripted(&self, at: At) -> Option<Answer> {
        self.script.lock().unwrap().get_mut(&at).and_then(VecDeque::pop_front)
    }

    /// False if the conversation is over.
    async fn reply(&self, at: At, stream: &mut BufReader<TcpStream>, usual: &str) -> Option<bool> {
        let slowness = *self.slowness.lock().unwrap();
        sleep(slowness).await;
        match self.scripted(at) {
            None => stream.write_all(format!("{usual}\r\n").as_bytes()).await.ok().map(|()| true),
            Some(Answer::Reply(line)) => {
                stream.write_all(format!("{line}\r\n").as_bytes()).await.ok()?;
                (!line.starts_with("421")).then_some(false)
            }
            Some(Answer::HangUp) => None,
            Some(Answer::Silence) => std::future::pending().await,
        }
    }

    async fn serve(&self, stream: TcpStream) -> Option<()> {
        let mut stream = BufReader::new(stream);
        let (mut from, mut to, mut mails) = (String::new(), Vec::new(), 0);
        self.reply(At::Greeting, &mut stream, "220 test").await?;
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await.ok()? == 0 {
                return None;
            }
            let line = line.trim_end().to_owned();
            self.seen.lock().unwrap().commands.push(line.clone());
            let verb = line.split(' ').next().unwrap().to_uppercase();
            match verb.as_str() {
                "MAIL" => {
                    from = line;
                    self.reply(At::Mail, &mut stream, "250 ok").await?;
                }
                "RCPT" => {
                    if self.reply(At::Rcpt, &mut stream, "250 ok").await? {
                        to.push(line);
                    }
                }
                "DATA" => {
                    if self.reply(At::Data, &mut stream, "354 go on").await? {
                        let data = self.body(&mut stream).await?;
                        if self.reply(At::End, &mut stream, "250 2.0.0 taken").await? {
                            let mail = Mail { from: std::mem::take(&mut from), to: std::mem::take(&mut to), data };
                            self.seen.lock().unwrap().mails.push(mail);
                            mails += 1;
                        }
                    }
                }
                "RSET" => {
                    (from, to) = (String::new(), Vec::new());
                    stream.write_all(b"250 ok\r\n").await.ok()?;
                }
                "QUIT" => {
                    let _ = stream.write_all(b"221 bye\r\n").await;
                    return None;
                }
                "EHLO" => {
                    let has_sign_in = *self.has_sign_in.lock().unwrap();
                    let sign_in = if has_sign_in { "250-AUTH PLAIN\r\n" } else { "" };
                    stream.write_all(format!("250-test\r\n{sign_in}250 8BITMIME\r\n").as_bytes()).await.ok()?;
                }
                "AUTH" => {
                    self.reply(At::SignIn, &mut stream, "235 2.7.0 welcome").await?;
                }
                _ => stream.write_all(b"500 what\r\n").await.ok()?,
            }
            if mails >= *self.mails_per_connection.lock().unwrap() {
                return None;
            }
        }
    }

    async fn body(&self, stream: &mut BufReader<TcpStream>) -> Option<String> {
        let mut data = Vec::new();
        loop {
            data.push(stream.read_u8().await.ok()?);
            if data.len() == 20 && matches!(self.scripted(At::Body), Some(Answer::HangUp)) {
                return None;
            }
            // A strict server ends at the first of these only.
            let ends: [&[u8]; 6] = [b"\r\n.\r\n", b"\n.\n", b"\n.\r\n", b"\r.\r", b"\r\n.\n", b"\r.\r\n"];
            if let Some(end) = ends.iter().find(|end| data.ends_with(end)) {
                data.truncate(data.len() - end.len());
                let text = String::from_utf8(data).unwrap();
                return Some(text.replace("\r\n..", "\r\n."));
            }
        }
    }
}
