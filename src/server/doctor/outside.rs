//! What is on other machines: the DNS, and the providers, which are asked without sending.

use super::{Finding, database::compared};
use crate::{
    domain::{
        AppResult, ProjectId,
        connection::{
            dns::{self, Answer, Sender, Verdict},
            settings::Settings,
        },
    },
    server::{
        clock,
        config::Config,
        connections::{records, sender},
        delivery::{Refusal, Transports, Verified, retry::Class},
        dns::{Dns, Question},
        store::{
            Db,
            connections::{self, Connection},
            projects,
        },
    },
};
use futures::future::join_all;
use std::{collections::HashMap, time::Duration};
use tokio::time::timeout;

/// How long a provider may take.
const PATIENCE: Duration = Duration::from_secs(30);
const CHECK: &str = "connection";

/// Without a database, only the installation's own connections are known.
pub(super) async fn look(config: &Config, dns: &Dns, db: Option<&Db>) -> Vec<Finding> {
    // A wrong setting was found before.
    let Ok(transports) = config.transports_as_they_are() else { return Vec::new() };
    let own = match db {
        Some(db) => match of_projects(db).await {
            Ok(own) => own,
            Err(error) => return vec![Finding::error(CHECK, error.to_string())],
        },
        None => Vec::new(),
    };
    let mut all = domains(dns, &transports, &own).await;
    let shared = [
        asked("the mail server of the installation".into(), transports.email.verify()).await,
        asked("the SMS account of the installation".into(), transports.sms.verify()).await,
    ];
    let theirs = join_all(own.iter().map(|(slug, connection)| of_project(&transports, slug, connection))).await;
    let (found, ahead): (Vec<_>, Vec<_>) = shared.into_iter().chain(theirs).unzip();
    all.extend(found);
    all.push(clock_of_others(ahead.into_iter().flatten().collect()));
    all
}

/// The connections of all projects, each with its project's slug.
async fn of_projects(db: &Db) -> AppResult<Vec<(String, Connection)>> {
    let slugs: HashMap<ProjectId, String> = projects::slugs(db).await?.into_iter().collect();
    let named = |one: Connection| (slugs.get(&one.project).cloned().unwrap_or_default(), one);
    Ok(connections::all(db).await?.into_iter().map(named).collect())
}

async fn of_project(transports: &Transports, slug: &str, connection: &Connection) -> (Finding, Option<(String, i64)>) {
    let name = format!("{} of {slug} ({})", connection.settings.channel().name(), connection.provider.name());
    match transports.route(connection) {
        Ok(route) => asked(name, route.verify()).await,
        Err(why) => {
            let advice = "Set the SECRET_KEY that it was saved with, or have an Admin save the connection again.";
            (Finding::failure(CHECK, format!("{name} can't be used: {}.", why.trim_end_matches('.')), advice), None)
        }
    }
}

/// Has the provider of a connection say whether it knows us. With it, whose clock is ahead of ours by how many ms.
async fn asked(
    name: String,
    verify: impl Future<Output = Result<Option<Verified>, Refusal>>,
) -> (Finding, Option<(String, i64)>) {
    let finding = match timeout(PATIENCE, verify).await {
        Ok(Ok(Some(Verified { server, words, date }))) => {
            let words = if words.is_empty() { "without signing in".to_owned() } else { words };
            let ahead = date.map(|date| (server.clone(), date.0 - clock::now().0));
            return (Finding::ok(CHECK, format!("{name}: {server} answers, {words}; nothing was sent.")), ahead);
        }
        Ok(Ok(None)) => Finding::warning(
            CHECK,
            format!(
                "{name}: there is none; what would go over it is written into the folder outbox, and reaches nobody."
            ),
            "Set SMTP_URL and TWILIO_…, or give each project connections of its own.",
        ),
        Ok(Err(refusal)) => {
            Finding::failure(CHECK, format!("{name}: {}.", refusal.text.trim_end_matches('.')), advice(&refusal))
        }
        Err(_) => Finding::failure(CHECK, format!("{name} did not answer within {} s.", PATIENCE.as_secs()), UNREACHED),
    };
    (finding, None)
}

const UNREACHED: &str = "Check its name and port, and whether this machine may connect there.";

fn advice(refusal: &Refusal) -> &'static str {
    match refusal.class {
        Class::Account { reason, .. } => reason.advice().unwrap_or("Wait, then look again."),
        _ => UNREACHED,
    }
}

/// A date in an answer is whole seconds, and some of them old.
fn clock_of_others(ahead: Vec<(String, i64)>) -> Finding {
    let check = "clock of others";
    match ahead.into_iter().min_by_key(|(_, ahead)| ahead.abs()) {
        Some((server, ahead)) => {
            // Within a second it is the same.
            let ahead = if (-1_000..=0).contains(&ahead) { 0 } else { ahead };
            compared(check, &server, ahead)
        }
        None => Finding::unknown(
            check,
            "no provider that answered tells its time, so this machine's clock is compared with none outside. Mail servers never tell it.",
        ),
    }
}

/// What the DNS says of the domains that emails come from.
async fn domains(dns: &Dns, transports: &Transports, own: &[(String, Connection)]) -> Vec<Finding> {
    let mut senders: Vec<Sender> = Vec::new();
    let shared = transports.email.host().is_some().then(|| sender(transports, None));
    let emails = own.iter().filter(|(_, one)| matches!(one.settings, Settings::Smtp(_)));
    let theirs = emails.map(|(_, one)| sender(transports, Some(one)));
    for one in shared.into_iter().chain(theirs) {
        if !senders.iter().any(|known| (&known.domain, &known.host) == (&one.domain, &one.host)) {
            senders.push(one);
        }
    }
    let Some(first) = senders.first() else {
        return vec![Finding::unknown("DNS", "emails are sent from no domain yet, so there is none to ask about.")];
    };
    if dns.ask(&first.domain, Question::Mx).await == Answer::Failed {
        let found = format!("the name servers of this machine don't answer for {}.", first.domain);
        return vec![Finding::failure(
            "DNS",
            found,
            "Check /etc/resolv.conf, and whether port 53 is open to the outside.",
        )];
    }
    join_all(senders.iter().map(|one| domain(dns, one))).await
}

async fn domain(dns: &Dns, sender: &Sender) -> Finding {
    let findings = dns::judge(sender, &records(dns, sender).await);
    let named = |wanted: &[Verdict]| {
        let those = findings.iter().filter(|one| wanted.contains(&one.verdict));
        those.map(|one| one.subject.name()).collect::<Vec<_>>().join(", ")
    };
    let (bad, unknown) = (named(&[Verdict::Missing, Verdict::Wrong]), named(&[Verdict::Unknown]));
    let name = &sender.domain;
    let rest = if unknown.is_empty() { String::new() } else { format!(" Not known: {unknown}.") };
    if bad.is_empty() {
        let good = named(&[Verdict::Good]);
        return Finding::ok("DNS", format!("{name} has good records: {good}.{rest}"));
    }
    let advice = "Connections, Check my domain says which record to add where.";
    Finding::warning("DNS", format!("{name} has missing or wrong records: {bad}.{rest}"), advice)
}
