use super::*;

const CHROME: &str =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36";
const HOUR: Option<i64> = Some(Timestamp::HOUR);

fn visit(link: Link, since_sent: i64, network: &str) -> Visit {
    Visit {
        link,
        at: Timestamp(1_795_431_600_000 + since_sent),
        since_sent: Some(since_sent),
        network: network.parse().ok(),
    }
}

fn of(agent: &str, visit: Visit) -> Option<Machine> {
    machine(&visit, Program { agent, ..Program::default() }, &[])
}

/// Of a click and an open, whenever it came.
fn named(agent: &str) -> [Option<Machine>; 2] {
    [Link::Review, Link::Image].map(|link| of(agent, visit(link, Timestamp::HOUR, "192.0.2.7")))
}

#[test]
fn people_are_people() {
    for agent in [
        CHROME,
        "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
        "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17000; Pro)",
        "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
        "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html",
        "Mozilla/5.0 (Linux; Android 11; CUBOT) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/90.0 Mobile Safari/537.36",
        "Mozilla/5.0 (Linux; Android 7.0; CUBOT_NOTE_S Build/NRD90M) AppleWebKit/537.36 Chrome/76.0 Mobile Safari/537.36",
        "Mozilla/5.0 (Linux; Android 10; CUBOT NOTE 20 PRO) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36",
        "Mozilla/5.0 (Linux; Android 12; CUBOT-X30) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36",
        "Mozilla/5.0 (Java; U; en-us; nokiac3-00) UCBrowser8.2.1.144 Mobile",
        "Mozilla/5.0 (Linux; Android 14; Botany Scania Monitoring Previewer) AppleWebKit/537.36 Chrome/120.0",
    ] {
        assert_eq!(named(agent), [None; 2], "{agent}");
        let unknown = Visit { since_sent: None, network: None, ..visit(Link::Review, 0, "") };
        assert_eq!(of(agent, unknown), None, "{agent}");
    }
}

#[test]
fn machines_have_names() {
    for agent in [
        "",
        " ",
        "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 (Linux; Android 6.0.1; CUBOT) Chrome/41.0 Mobile (compatible; Googlebot/2.1)",
        "Mozilla/5.0 (X11; bot) Gecko",
        "Bot/1.0",
        "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
        "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5",
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; BingPreview/1.0b)",
        "facebookexternalhit/1.1 Facebot Twitterbot/1.0",
        "WhatsApp/2.23.20.0 A",
        "python-requests/2.32",
        "curl/8.5.0",
        "Java/17.0.2",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/150.0.0.0 Safari/537.36",
    ] {
        assert_eq!(named(agent), [Some(Machine::Scanner); 2], "{agent}");
    }
}

#[test]
fn a_privacy_proxy_loads_images_and_follows_no_links() {
    assert_eq!(named("Mozilla/5.0"), [None, Some(Machine::PrivacyProxy)]);
    assert_eq!(of("Mozilla/5.0", visit(Link::Review, 90_000, "17.58.0.1")), Some(Machine::PrivacyProxy));
    assert_eq!(of(CHROME, visit(Link::Image, 90_000, "17.58.0.1")), None, "people work at Apple");
}

#[test]
fn how_it_asks_gives_a_machine_away() {
    let click = Visit { since_sent: HOUR, ..visit(Link::Review, 0, "192.0.2.7") };
    let program = Program { agent: CHROME, ..Program::default() };
    assert_eq!(machine(&click, Program { is_head: true, ..program }, &[]), Some(Machine::Head));
    assert_eq!(machine(&click, Program { is_prefetch: true, ..program }, &[]), Some(Machine::Prefetch));
    assert_eq!(of(CHROME, visit(Link::Image, 1_499, "192.0.2.7")), Some(Machine::TooSoon));
    assert_eq!(of(CHROME, visit(Link::Image, 1_500, "192.0.2.7")), None);
}

#[test]
fn networks_of_scanners_are_machines_in_the_first_minute() {
    for network in ["40.92.1.1", "40.107.255.255", "52.100.0.0", "52.103.9.9", "2a01:111:f403::"] {
        assert_eq!(of(CHROME, visit(Link::Review, 59_999, network)), Some(Machine::Scanner), "{network}");
        assert_eq!(of(CHROME, visit(Link::Review, 60_000, network)), None, "{network}");
    }
    for network in ["40.93.0.1", "40.106.0.1", "52.99.255.255", "52.104.0.0", "2a01:112::"] {
        assert_eq!(of(CHROME, visit(Link::Review, 5_000, network)), None, "{network}");
    }
}

/// What the last of the visits is taken for.
fn last(visits: &[(Link, i64, &str)]) -> Option<Machine> {
    let all: Vec<Visit> = visits.iter().map(|(link, since_sent, network)| visit(*link, *since_sent, network)).collect();
    let (last, earlier) = all.split_last().unwrap();
    machine(last, Program { agent: CHROME, ..Program::default() }, earlier)
}

#[test]
fn who_follows_every_link_at_once_is_a_machine() {
    use Link::*;
    let every = Some(Machine::EveryLink);
    let (a, b) = ("192.0.2.7", "192.0.2.8");
    assert_eq!(last(&[(Review, 5_000, a), (Unsubscribe, 6_000, a)]), every);
    assert_eq!(last(&[(Unsubscribe, 5_000, a), (Review, 15_000, a)]), every);
    assert_eq!(last(&[(Unsubscribe, 5_000, a), (Review, 6_000, a), (Image, 7_000, a)]), every);
    assert_eq!(last(&[(Review, 5_000, a), (Review, 6_000, a), (Review, 7_000, a)]), every);

    assert_eq!(last(&[(Unsubscribe, 5_000, a), (Review, 15_001, a)]), None, "slowly");
    assert_eq!(last(&[(Unsubscribe, 59_000, a), (Review, 60_000, a)]), None, "after the first minute");
    assert_eq!(last(&[(Unsubscribe, 5_000, a), (Review, 6_000, b)]), None, "from two networks");
    assert_eq!(last(&[(Image, 5_000, a), (Image, 5_100, a), (Review, 6_000, a)]), None, "opened and clicked");
    assert_eq!(last(&[(Review, 5_000, a), (Review, 5_200, a)]), None, "a double click");
    assert_eq!(last(&[(Unsubscribe, 5_000, ""), (Review, 6_000, "")]), None, "of unknown networks");
}

#[test]
fn codes_round_trip() {
    for machine in Machine::ALL {
        assert_eq!(Machine::from_code(machine.code()), Some(machine));
    }
    assert_eq!(Machine::from_code("curl/8.5.0"), None);
}
