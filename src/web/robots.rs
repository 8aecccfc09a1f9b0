//! Tells people from machines among those who open a message or follow its link: mail privacy proxies, link scanners,
//! previews of chat programs.

use axum::http::{HeaderMap, Method, header::USER_AGENT};

/// Scanners fetch a message as soon as it arrives; nobody reads that fast. In milliseconds.
const TOO_FAST: i64 = 1_500;

/// Proxies that fetch images while a person reads.
const FETCHERS: [&str; 2] = ["googleimageproxy", "yahoomailproxy"];

/// Parts of the names of programs, in lower case.
const MACHINES: [&str; 32] = [
    "bot",
    "crawl",
    "spider",
    "slurp",
    "scan",
    "preview",
    "headlesschrome",
    "phantomjs",
    "python",
    "curl",
    "wget",
    "java/",
    "okhttp",
    "go-http-client",
    "libwww",
    "httpclient",
    "axios",
    "node-fetch",
    "ruby",
    "perl",
    "php",
    "monitor",
    "proofpoint",
    "mimecast",
    "barracuda",
    "safelinks",
    "symantec",
    "trendmicro",
    "fireeye",
    "facebookexternalhit",
    "whatsapp",
    "validator",
];

/// Whether a machine sent the request; `since_sent` is the time since the message was sent, in ms.
pub fn is_machine(method: &Method, headers: &HeaderMap, since_sent: Option<i64>) -> bool {
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let agent = text(USER_AGENT.as_str()).to_ascii_lowercase();
    let is_prefetch = ["sec-purpose", "purpose", "x-purpose", "x-moz"].iter().any(|name| text(name).contains("pre"));
    let is_known =
        MACHINES.iter().any(|name| agent.contains(name)) && !FETCHERS.iter().any(|name| agent.contains(name));
    // Apple's Mail Privacy Protection loads all images of all mails with this user agent.
    let is_privacy_proxy = agent == "mozilla/5.0";
    *method == Method::HEAD
        || agent.is_empty()
        || is_prefetch
        || is_known
        || is_privacy_proxy
        || since_sent.is_some_and(|ms| ms < TOO_FAST)
}

/// The program's own name, cut to what a timeline can show.
pub fn name(headers: &HeaderMap) -> Option<String> {
    let agent = headers.get(USER_AGENT)?.to_str().ok()?;
    let name: String = agent.chars().filter(|c| !c.is_control()).take(120).collect();
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    const CHROME: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36";

    fn asks(agent: &str, since_sent: Option<i64>) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(USER_AGENT, HeaderValue::from_str(agent).unwrap());
        is_machine(&Method::GET, &headers, since_sent)
    }

    #[test]
    fn people_are_people() {
        for agent in [
            CHROME,
            "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
            "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17000; Pro)",
            "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
            "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html",
        ] {
            assert!(!asks(agent, Some(60_000)), "{agent}");
            assert!(!asks(agent, None), "{agent}");
        }
    }

    #[test]
    fn machines_are_machines() {
        for agent in [
            "",
            "Mozilla/5.0",
            "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
            "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
            "facebookexternalhit/1.1 Facebot Twitterbot/1.0",
            "python-requests/2.32",
            "curl/8.5.0",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/150.0.0.0 Safari/537.36",
        ] {
            assert!(asks(agent, Some(60_000)), "{agent}");
        }
        assert!(asks(CHROME, Some(1_499)) && !asks(CHROME, Some(1_500)));
        let mut headers = HeaderMap::new();
        headers.insert(USER_AGENT, HeaderValue::from_static(CHROME));
        assert!(is_machine(&Method::HEAD, &headers, None));
        headers.insert("sec-purpose", HeaderValue::from_static("prefetch;prerender"));
        assert!(is_machine(&Method::GET, &headers, None));
    }
}
