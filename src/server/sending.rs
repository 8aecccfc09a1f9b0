//! What staff choose about a project's sending: check the input, change the store, and say what was done.

use super::{
    auth, clock,
    connections::last_domain_check,
    phone,
    store::{
        connections::{self, Connection},
        guard::{Admin, Manager, Viewer},
        reputation,
        sending::{self, Standstill},
    },
    strategy_page,
};
use crate::domain::{
    AppError, AppResult, ConnectionId, Timestamp,
    done::Done,
    message::Channel,
    project::Alert,
    schedule::Quiet,
    sending::{
        Check, Guest, QuietHours, SendingPage, Trial, parse_guests, parse_link_days, parse_minutes, parse_per_minute,
    },
    stats::count,
};

pub async fn page(viewer: &Viewer) -> AppResult<SendingPage> {
    let now = clock::now();
    let chosen = sending::chosen(viewer).await?;
    let connections = connections::list(viewer).await?;
    let mut used = Vec::new();
    for Connection { id, settings, pace, .. } in &connections {
        if pace.per_minute.is_some() || pace.per_day.is_some() {
            used.push(sending::used(viewer, *id, settings.channel(), *pace, now).await?);
        }
    }
    let trial = if chosen.is_trial {
        Some(Trial { checks: checks(viewer, &connections).await?, ..sending::trial(viewer).await? })
    } else {
        None
    };
    Ok(SendingPage {
        paused: chosen.paused,
        trial,
        reputation: reputation::of_channels(viewer, now).await?,
        per_minute: chosen.per_minute,
        quiet: chosen.quiet,
        link_days: chosen.link_days,
        language: viewer.language,
        used,
        version: viewer.version,
    })
}

/// What holds messages of the project, for a notice on each of its pages.
pub async fn notices(viewer: &Viewer, standstill: Standstill, now: Timestamp) -> AppResult<Vec<Alert>> {
    let today = viewer.today(now);
    let mut notices = Vec::new();
    if standstill.is_paused
        && let Some((since, by)) = sending::chosen(viewer).await?.paused
    {
        let by = if by.is_empty() { String::new() } else { format!(" by {by}") };
        let since = since.inline(today);
        let sentence =
            format!("Sending is paused since {since}{by}. Messages wait and none is lost. Resume it under Settings.");
        notices.push(Alert::wanted(sentence, "settings"));
    }
    if standstill.is_guarded {
        let held = reputation::held(viewer).await?;
        let sentences = held.iter().filter_map(|reputation| reputation.sentence(today));
        notices.extend(sentences.map(|sentence| Alert::fault(sentence, "settings")));
    }
    if standstill.is_trial {
        let sentence =
            "Trial mode: only members and guests get messages. Others wait until you go live under Settings.";
        notices.push(Alert::wanted(sentence, "settings"));
    }
    Ok(notices)
}

/// What is to be gone through before a project goes live.
async fn checks(viewer: &Viewer, connections: &[Connection]) -> AppResult<Vec<Check>> {
    let state = auth::state()?;
    let mut checks = Vec::new();
    for channel in Channel::ALL {
        let own = connections.iter().find(|connection| connection.settings.channel() == channel);
        let shared = match channel {
            Channel::Email => state.config.has_mail_server(),
            Channel::Sms => state.config.has_sms_provider(),
        };
        let name = channel.name();
        let (is_done, sentence) = match own {
            Some(own) => {
                (true, format!("{name} is sent over the project's own connection, from {}.", own.settings.from()))
            }
            None if shared => (true, format!("{name} is sent over this server's connection.")),
            None => {
                (false, format!("No connection for {name} is set up: messages are written into the folder outbox."))
            }
        };
        checks.push(Check { is_done, sentence });
    }
    checks.push(domain_check(viewer, connections).await?);
    let lacking = sending::templates_without(viewer, "review_link").await?;
    checks.push(match lacking.first() {
        None => Check {
            is_done: true,
            sentence: "The templates have the review link; each email also gets the link to unsubscribe.".into(),
        },
        Some((template, channel)) => Check {
            is_done: false,
            sentence: format!("The template {} by {} lacks {{{{review_link}}}}.", template.name(), channel.name()),
        },
    });
    checks.push(Check { is_done: true, sentence: strategy_page::going_live(viewer).await? });
    Ok(checks)
}

/// What the last look at the sending domain's DNS found.
async fn domain_check(viewer: &Viewer, connections: &[Connection]) -> AppResult<Check> {
    let own = connections.iter().find(|connection| connection.settings.channel() == Channel::Email);
    let id = own.map_or(ConnectionId::of_deployment(Channel::Email), |own| own.id);
    let report = last_domain_check(viewer, id).await?;
    let (is_done, sentence) = match report {
        None => (
            false,
            "Check the sending domain on the Connections page: mailbox providers want SPF, DKIM and DMARC.".to_owned(),
        ),
        Some(report) => match report.to_mend() {
            None => {
                (true, format!("The DNS of {} was checked on {}: nothing is missing.", report.domain, report.at.full()))
            }
            Some(words) => (false, format!("The DNS of {}: {words}. The Connections page says how.", report.domain)),
        },
    };
    Ok(Check { is_done, sentence })
}

pub async fn set_paused(manager: &Manager, on: bool) -> AppResult<Done> {
    let is_changed = sending::set_paused(manager, on, clock::now()).await?;
    Ok(Done::new(match (on, is_changed) {
        (true, true) => "Sending is paused. Messages wait until you resume it.",
        (true, false) => "Sending was paused already.",
        (false, true) => "Sending is resumed. What is due goes out now.",
        (false, false) => "Sending was not paused.",
    }))
}

/// `start` and `end` are times of day such as 21:00.
pub async fn save_quiet_hours(manager: &Manager, email: bool, sms: bool, start: &str, end: &str) -> AppResult<Done> {
    let hours = Quiet { start: parse_minutes("start", start)?, end: parse_minutes("end", end)? };
    sending::set_quiet_hours(manager, &QuietHours { email, sms, hours }).await?;
    Ok(Done::new("Quiet hours saved."))
}

pub async fn save_pace(manager: &Manager, per_minute: &str) -> AppResult<Done> {
    let per_minute = parse_per_minute("per_minute", per_minute)?;
    sending::set_pace(manager, per_minute).await?;
    Ok(Done::new(match per_minute {
        Some(n) => format!("At most {} a minute are sent from now on.", count(n.into(), "message")),
        None => "The project has no limit of its own from now on.".to_owned(),
    }))
}

pub async fn save_link_days(manager: &Manager, days: &str) -> AppResult<Done> {
    let days = parse_link_days("days", days)?;
    sending::set_link_days(manager, days).await?;
    Ok(Done::new(match days {
        Some(n) => format!("Review links work for {n} days after their message was sent."),
        None => "Review links work for ever.".to_owned(),
    }))
}

pub async fn resume_channel(manager: &Manager, channel: &str, per_minute: &str) -> AppResult<Done> {
    let channel = Channel::from_slug(channel).ok_or_else(|| AppError::invalid("", "Choose a channel."))?;
    let per_minute = parse_per_minute("per_minute", per_minute)?;
    reputation::resume(manager, channel, per_minute, clock::now()).await?;
    let name = channel.name();
    Ok(Done::new(match per_minute {
        Some(n) => format!("{name} goes on with at most {} a minute.", count(n.into(), "message")),
        None => format!("{name} goes on without a limit."),
    }))
}

pub async fn save_guests(admin: &Admin, guests: &str) -> AppResult<Done> {
    let mut addresses = Vec::new();
    for guest in parse_guests(guests)? {
        addresses.push(match guest {
            Guest::Email(email) => email,
            Guest::Phone(number) => phone::parse("guests", &number)?,
        });
    }
    let released = sending::set_guests(admin, &addresses, clock::now()).await?;
    Ok(Done::new(format!("Guests saved.{}", go_out(released))))
}

pub async fn go_live(admin: &Admin) -> AppResult<Done> {
    let released = sending::go_live(admin).await?;
    Ok(Done::new(format!("The project is live.{}", go_out(released))))
}

fn go_out(released: u64) -> String {
    match released {
        0 => String::new(),
        1 => " 1 message that was held goes out now.".to_owned(),
        n => format!(" {} that were held go out now.", count(n, "message")),
    }
}
