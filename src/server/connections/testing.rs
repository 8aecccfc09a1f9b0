//! Finding out whether a connection works: a test message, another try, the sender's domain.

use crate::{
    domain::{
        AppError, AppResult, ConnectionId,
        connection::{
            Owner, StopReason,
            dns::{self, Answer, DomainReport, Records, Sender},
            form::domain,
            page::TestReport,
            provider_of,
            settings::{Provider, Settings},
        },
        content::Outgoing,
        done::Done,
        message::Channel,
    },
    server::{
        AppState, auth, clock,
        delivery::{Receipt, Refusal, Transports, dkim, evidence::Evidence, retry::Class},
        dns::{Dns, Question},
        phone,
        store::{
            connections::{self, Check, Connection},
            guard::Admin,
        },
    },
};
use futures::future::join_all;
use std::{collections::BTreeMap, time::Duration};
use tokio::time::timeout;

/// How long a person waits for a provider.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long for all of a domain's records: includes of includes are asked for one after another.
const DNS_PATIENCE: Duration = Duration::from_secs(20);

/// Sends a message of its own over exactly this connection: an email to the person who asks, an SMS to the number `to`. What
/// came of it is kept for the page.
pub async fn send_test(admin: &Admin, channel: Channel, to: &str) -> AppResult<Done> {
    let (state, now) = (auth::state()?, clock::now());
    let to = match channel {
        Channel::Email => admin.user_email.clone(),
        Channel::Sms => phone::parse("to", to)?,
    };
    if to.is_empty() {
        return Err(AppError::invalid("to", "Write the number that the test goes to, with its country code."));
    }
    let own = connections::of_channel(admin, channel).await?;
    if let Some(own) = &own
        && let Some(sentence) = super::lacking_way_out(admin, own.provider).await?
    {
        return Err(AppError::Conflict(sentence));
    }
    state.limits.tests.take(&admin.project.to_string(), now)?;
    let mut evidence = Evidence::default();
    let mail = test_message(admin, channel, &to);
    let attempt = attempt(&state, own.as_ref(), channel, &mail, &mut evidence);
    let result = timeout(PATIENCE, attempt).await.unwrap_or_else(|_| {
        let text = format!("No answer within {} seconds", PATIENCE.as_secs());
        Err(Refusal { class: Class::LATER, code: None, text })
    });
    let id = own.as_ref().map_or(ConnectionId::of_deployment(channel), |own| own.id);
    let (answer, meaning) = match &result {
        Ok(receipt) if receipt.text.is_empty() => ("Accepted".to_owned(), String::new()),
        Ok(receipt) => (receipt.text.clone(), String::new()),
        Err(refusal) => (refusal.text.clone(), meaning(refusal.class, channel)),
    };
    let (server, dialogue) = evidence.finish().map(|found| (found.server, found.dialogue)).unwrap_or_default();
    let report = TestReport {
        at: admin.local(now),
        by: admin.user_name.clone(),
        to: to.clone(),
        is_sent: result.is_ok(),
        answer,
        meaning,
        server,
        dialogue,
    };
    connections::note_check(admin, id, Check::Test, &report).await?;
    if report.is_sent {
        // It works: what waits for it need not wait any longer.
        connections::retry(admin, id, clock::now()).await?;
    }
    Ok(Done::new(if report.is_sent {
        format!("The {} accepted the test. It is on its way to {to}.", provider_of(channel))
    } else {
        format!("The test was not sent: {}.", report.answer.trim_end_matches('.'))
    }))
}

fn test_message(admin: &Admin, channel: Channel, to: &str) -> Outgoing {
    let project = &admin.project_name;
    let what = match channel {
        Channel::Email => "email",
        Channel::Sms => "SMS",
    };
    Outgoing {
        project_slug: admin.slug.clone(),
        project_name: project.clone(),
        recipient: to.to_owned(),
        recipient_name: if channel == Channel::Email { admin.user_name.clone() } else { String::new() },
        subject: if channel == Channel::Email {
            format!("Test of {project}'s {what} connection")
        } else {
            String::new()
        },
        text: format!("This is a test of {project}'s {what} connection. If you can read it, the connection works."),
        ..Outgoing::default()
    }
}

async fn attempt(
    state: &AppState,
    own: Option<&Connection>,
    channel: Channel,
    mail: &Outgoing,
    evidence: &mut Evidence,
) -> Result<Receipt, Refusal> {
    let (transports, now) = (&state.transports, clock::now());
    match (own, channel) {
        (Some(own), _) => match transports.route(own) {
            Ok(route) => route.attempt(mail, now, evidence).await,
            Err(text) => {
                let class = Class::Account { reason: StopReason::Settings, otherwise: None };
                Err(Refusal { class, code: None, text })
            }
        },
        (None, Channel::Email) => transports.email.attempt(mail, now, evidence).await,
        (None, Channel::Sms) => transports.sms.attempt(mail, now, evidence).await,
    }
}

/// What a refusal of a test says about the connection.
fn meaning(class: Class, channel: Channel) -> String {
    let provider = provider_of(channel);
    match class {
        Class::Account { reason, .. } => {
            let advice = reason.advice().unwrap_or("Wait, then test again.");
            format!("The {provider} {}. {advice}", reason.clause())
        }
        Class::Permanent(failure) => {
            let reason = failure.reason(channel);
            format!("The connection works, but this message or its recipient was refused: {reason}.")
        }
        Class::Ambiguous => {
            format!("It is not certain whether the {provider} took the test. See whether it arrives.")
        }
        Class::Transient { owner: Owner::Recipient, .. } => {
            "The connection works, but the recipient takes nothing for now. Test again later.".into()
        }
        Class::Transient { .. } => {
            format!("The {provider} does not answer as it should. Check its name and port, or wait and test again.")
        }
    }
}

/// Has a connection that is paused tried with the next message that is due.
pub async fn retry(admin: &Admin, channel: Channel) -> AppResult<Done> {
    let (state, now) = (auth::state()?, clock::now());
    let own = connections::of_channel(admin, channel).await?;
    let id = own.map_or(ConnectionId::of_deployment(channel), |own| own.id);
    state.limits.tests.take(&format!("retry {id}"), now)?;
    connections::retry(admin, id, now).await?;
    Ok(Done::new("The next message that is due tries the connection. If it gets through, the others follow."))
}

/// Looks up what the DNS says of the domain that emails come from. What was found is kept for the page.
pub async fn check_domain(admin: &Admin) -> AppResult<Done> {
    let (state, now) = (auth::state()?, clock::now());
    let own = connections::of_channel(admin, Channel::Email).await?;
    state.limits.tests.take(&admin.project.to_string(), now)?;
    let id = own.as_ref().map_or(ConnectionId::of_deployment(Channel::Email), |own| own.id);
    let sender = sender(&state.transports, own.as_ref());
    let records = records(&state.dns, &sender).await;
    let report = DomainReport {
        at: admin.local(now),
        by: admin.user_name.clone(),
        findings: dns::judge(&sender, &records),
        domain: sender.domain,
    };
    connections::note_check(admin, id, Check::Domain, &report).await?;
    let words = report.to_mend().unwrap_or_else(|| "nothing is missing".into());
    Ok(Done::new(format!("Checked {}: {words}.", report.domain)))
}

/// What is judged of a project's own connection for email, or of the installation's.
pub fn sender(transports: &Transports, own: Option<&Connection>) -> Sender {
    match own.map(|own| (own, &own.settings)) {
        Some((own, Settings::Smtp(smtp))) => {
            let secrets = transports.secrets(own).unwrap_or_default();
            let key = dkim(smtp, &secrets, own.provider).ok().flatten();
            Sender {
                domain: domain(&smtp.from).to_owned(),
                provider: if own.provider == Provider::Smtp { Provider::by_host(&smtp.host) } else { own.provider },
                host: smtp.host.clone(),
                selector: smtp.dkim_selector.clone(),
                public_key: key.map(|key| key.public_key()),
            }
        }
        _ => {
            let host = transports.email.host().unwrap_or_default().to_owned();
            let domain = domain(&transports.email.from()).to_owned();
            Sender { domain, provider: Provider::by_host(&host), host, selector: String::new(), public_key: None }
        }
    }
}

/// Asks for all that is judged, at the same time; only what a record includes is asked for after it.
pub async fn records(dns: &Dns, sender: &Sender) -> Records {
    let mut txt = BTreeMap::new();
    let selectors =
        dns::selectors(sender).into_iter().map(|selector| format!("{selector}._domainkey.{}", sender.domain));
    let mut wanted: Vec<String> = selectors.chain(dns::dmarc_names(&sender.domain)).collect();
    wanted.push(sender.domain.clone());
    let others = async {
        let (mx, addresses) =
            (dns.ask(&sender.domain, Question::Mx).await, dns.ask(&sender.domain, Question::Address).await);
        (mx, addresses)
    };
    let texts = async {
        while !wanted.is_empty() {
            let answers = join_all(wanted.iter().map(|name| dns.ask(name, Question::Txt))).await;
            txt.extend(wanted.drain(..).zip(answers));
            wanted = dns::wanted_for_spf(&sender.domain, &txt);
        }
    };
    let ((), (mx, addresses)) = futures::join!(async { _ = timeout(DNS_PATIENCE, texts).await }, async {
        timeout(DNS_PATIENCE, others).await.unwrap_or((Answer::Failed, Answer::Failed))
    },);
    Records { txt, mx, addresses }
}
