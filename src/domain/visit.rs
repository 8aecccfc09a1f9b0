//! Tells people from machines among those who open a message or follow its links: mail privacy proxies, link scanners,
//! previews of chat programs.

use super::Timestamp;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// The image that an email loads when it is opened.
    Image,
    Review,
    Unsubscribe,
}

/// One request for a link of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visit {
    pub link: Link,
    pub at: Timestamp,
    /// In milliseconds; none where it is not known when the message was sent.
    pub since_sent: Option<i64>,
    /// The client's: an IPv4 address, or an IPv6 /64.
    pub network: Option<IpAddr>,
}

/// What the request says about the program that sent it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Program<'a> {
    pub agent: &'a str,
    pub is_head: bool,
    /// It says that nobody has seen the page yet.
    pub is_prefetch: bool,
}

/// Why a visit is taken for a machine's. Stored by its code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Machine {
    /// It asked for the headers only.
    Head,
    PrivacyProxy,
    /// Known by its name or by its network.
    Scanner,
    Prefetch,
    TooSoon,
    EveryLink,
}

/// Scanners fetch a message as soon as it arrives; nobody reads that fast. In milliseconds, as all that follow.
const TOO_SOON: i64 = 1_500;
/// How long after the sending the networks of scanners, and those who follow every link, are machines.
const FIRST_MINUTE: i64 = Timestamp::MINUTE;
/// Who follows every link does so within this time.
const AT_ONCE: i64 = 10 * Timestamp::SECOND;
/// Following links so often at once is a scanner's doing. Two may be one person's double click.
const OFTEN: usize = 3;

/// Proxies that fetch images while a person reads.
const FETCHERS: [&str; 2] = ["googleimageproxy", "yahoomailproxy"];

/// The whole agent of the proxy that loads all images of all mails for Apple's Mail Privacy Protection.
const PRIVACY_PROXY: &str = "mozilla/5.0";

/// Parts of machines' names, in lower case.
const PARTS: [&str; 16] = [
    "headlesschrome",
    "phantomjs",
    "python",
    "java/",
    "okhttp",
    "go-http-client",
    "libwww",
    "httpclient",
    "node-fetch",
    "proofpoint",
    "mimecast",
    "barracuda",
    "safelinks",
    "symantec",
    "trendmicro",
    "facebookexternalhit",
];

/// Whole words of them.
const WORDS: [&str; 9] = ["axios", "curl", "wget", "perl", "php", "ruby", "slurp", "fireeye", "whatsapp"];

/// Ends of words of them: Googlebot, bingbot, BingPreview, Baiduspider.
const ENDS: [&str; 9] = ["bot", "crawl", "crawler", "spider", "scan", "scanner", "preview", "monitor", "validator"];

/// A maker of phones.
const PHONE: &str = "cubot";

/// Why a machine made the visit; none for a person's. `earlier` are the message's visits before it.
pub fn machine(visit: &Visit, program: Program<'_>, earlier: &[Visit]) -> Option<Machine> {
    let within = |most| visit.since_sent.is_some_and(|ms| ms < most);
    let agent = program.agent.trim().to_ascii_lowercase();
    if program.is_head {
        Some(Machine::Head)
    } else if agent == PRIVACY_PROXY && (visit.link == Link::Image || visit.network.is_some_and(is_apple)) {
        Some(Machine::PrivacyProxy)
    } else if is_scanner(&agent) {
        Some(Machine::Scanner)
    } else if program.is_prefetch {
        Some(Machine::Prefetch)
    } else if within(TOO_SOON) {
        Some(Machine::TooSoon)
    } else if within(FIRST_MINUTE) && visit.network.is_some_and(is_microsoft) {
        Some(Machine::Scanner)
    } else if follows_every_link(visit, earlier) {
        Some(Machine::EveryLink)
    } else {
        None
    }
}

fn is_scanner(agent: &str) -> bool {
    if agent.is_empty() {
        return true;
    }
    if FETCHERS.iter().any(|name| agent.contains(name)) {
        return false;
    }
    let is_machine =
        |word: &str| word != PHONE && (WORDS.contains(&word) || ENDS.iter().any(|end| word.ends_with(end)));
    let mut words = agent.split(|c: char| !c.is_alphanumeric() && c != '_');
    PARTS.iter().any(|name| agent.contains(name)) || words.any(is_machine)
}

/// Whether, with this visit, its network followed every link of the message at once, or some of them often, in the first
/// minute. Images count for nothing here: a person loads them too.
fn follows_every_link(visit: &Visit, earlier: &[Visit]) -> bool {
    if !is_early(visit) {
        return false;
    }
    let at_once = earlier.iter().filter(|other| is_at_once(visit, other)).chain([visit]);
    let followed: Vec<Link> = at_once.map(|visit| visit.link).filter(|link| *link != Link::Image).collect();
    followed.len() >= OFTEN || (followed.contains(&Link::Review) && followed.contains(&Link::Unsubscribe))
}

/// Whether it can be part of the pattern of those who follow every link.
pub fn is_early(visit: &Visit) -> bool {
    visit.network.is_some() && visit.since_sent.is_some_and(|ms| ms < FIRST_MINUTE)
}

/// Whether two early visits are so close that one machine made both, if it was a machine.
pub fn is_at_once(visit: &Visit, other: &Visit) -> bool {
    visit.network == other.network && (visit.at.0 - other.at.0).abs() <= AT_ONCE
}

fn is_apple(network: IpAddr) -> bool {
    matches!(network, IpAddr::V4(address) if is_in(address, Ipv4Addr::new(17, 0, 0, 0), 8))
}

/// The networks that Defender for Office 365 looks at mails from.
fn is_microsoft(network: IpAddr) -> bool {
    const V4: [(Ipv4Addr, u32); 3] =
        [(Ipv4Addr::new(40, 92, 0, 0), 16), (Ipv4Addr::new(40, 107, 0, 0), 16), (Ipv4Addr::new(52, 100, 0, 0), 14)];
    const V6: Ipv6Addr = Ipv6Addr::new(0x2a01, 0x111, 0, 0, 0, 0, 0, 0);
    match network {
        IpAddr::V4(address) => V4.iter().any(|(net, bits)| is_in(address, *net, *bits)),
        IpAddr::V6(address) => address.to_bits() >> 96 == V6.to_bits() >> 96,
    }
}

fn is_in(address: Ipv4Addr, net: Ipv4Addr, bits: u32) -> bool {
    address.to_bits() >> (32 - bits) == net.to_bits() >> (32 - bits)
}

impl Machine {
    pub const ALL: [Self; 6] =
        [Self::Head, Self::PrivacyProxy, Self::Scanner, Self::Prefetch, Self::TooSoon, Self::EveryLink];

    /// As the database holds it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Head => "head",
            Self::PrivacyProxy => "privacy proxy",
            Self::Scanner => "scanner",
            Self::Prefetch => "prefetch",
            Self::TooSoon => "too soon",
            Self::EveryLink => "every link",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|machine| machine.code() == code)
    }

    /// After "Opened" or "Clicked".
    pub fn words(self) -> &'static str {
        match self {
            Self::Head => "by a program that looks at headers only",
            Self::PrivacyProxy => "by a mail privacy proxy",
            Self::Scanner => "by a link scanner",
            Self::Prefetch => "by a program that loads pages ahead",
            Self::TooSoon => "by a machine, sooner than a person could",
            Self::EveryLink => "by a link scanner that followed every link",
        }
    }
}

#[cfg(test)]
mod tests;
