//! What the demo's attempts would have left: the server asked, and what was said, in the form of server/delivery/evidence.rs.

use super::Attempt;
use crate::domain::message::Channel;

const HELLO: [(i64, &str); 6] = [
    (0, "Connecting to smtp.example.com:587"),
    (1, "Connected"),
    (2, "S: (greeting and EHLO) 250 smtp.example.com, STARTTLS, 8BITMIME"),
    (2, "C: STARTTLS"),
    (4, "S: (encrypted, EHLO) 250 smtp.example.com, 8BITMIME, AUTH PLAIN"),
    (4, "C: AUTH PLAIN"),
];
const ENVELOPE: [(i64, &str); 4] = [
    (5, "S: 235 2.7.0 Authentication successful"),
    (5, "C: MAIL FROM:<reviews@example.com>"),
    (6, "S: 250 2.1.0 Ok"),
    (6, "C: RCPT TO:<…@example.com>"),
];
const DATA: [(i64, &str); 4] = [
    (7, "S: 250 2.1.5 Ok"),
    (7, "C: DATA"),
    (8, "S: 354 End data with <CR><LF>.<CR><LF>"),
    (8, "C: the message, 4211 bytes"),
];

impl Attempt {
    pub fn evidence(&self) -> (&'static str, String) {
        match (self.outcome, self.channel) {
            ("sent", _) => ("outbox", self.said(&[], self.detail)),
            (_, Channel::Email) => {
                let answer = match self.code {
                    Some(_) => format!("S: {}", self.detail),
                    None => self.detail.to_owned(),
                };
                let parts: &[&[_]] = match self.code {
                    Some("535") => &[&HELLO],
                    Some(_) => &[&HELLO, &ENVELOPE],
                    None => &[&HELLO, &ENVELOPE, &DATA],
                };
                ("smtp.example.com:587", self.said(&parts.concat(), &answer))
            }
            (_, Channel::Sms) => {
                let asked = (0, "POST api.twilio.com/2010-04-01/Accounts/AC…3f/Messages.json");
                let status = match self.code {
                    Some("503") => "HTTP 503 Service Unavailable",
                    Some("20003") => "HTTP 401 Unauthorized",
                    _ => "HTTP 400 Bad Request",
                };
                let dialogue = match self.code {
                    Some(code) => {
                        let answer = format!(r#"{{"code":{code},"message":"{}"}}"#, self.detail);
                        self.said(&[asked, (10, status)], &answer)
                    }
                    None => self.said(&[asked], self.detail),
                };
                ("api.twilio.com", dialogue)
            }
        }
    }

    /// `lines`, each with its tenth of the attempt's time, and the answer at its end.
    fn said(&self, lines: &[(i64, &str)], answer: &str) -> String {
        let took = self.finished.0 - self.started.0;
        let line = |(tenths, words): &(i64, &str)| format!("{:>6} ms  {words}", took * tenths / 10);
        lines.iter().chain(&[(10, answer)]).map(line).collect::<Vec<_>>().join("\n")
    }
}
