//! What a request says about the program that sent it. `domain::visit` judges it.

use crate::domain::visit::Program;
use axum::http::{HeaderMap, Method, header::USER_AGENT};

pub fn program<'a>(method: &Method, headers: &'a HeaderMap) -> Program<'a> {
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default();
    Program {
        agent: text(USER_AGENT.as_str()),
        is_head: *method == Method::HEAD,
        is_prefetch: ["sec-purpose", "purpose", "x-purpose", "x-moz"].iter().any(|name| text(name).contains("pre")),
    }
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

    #[test]
    fn a_request_is_read() {
        let mut headers = HeaderMap::new();
        assert_eq!(program(&Method::GET, &headers).agent, "");
        headers.insert(USER_AGENT, HeaderValue::from_static("curl/8.5.0"));
        let get = program(&Method::GET, &headers);
        assert!(get.agent == "curl/8.5.0" && !get.is_head && !get.is_prefetch);
        assert!(program(&Method::HEAD, &headers).is_head);
        for (name, value) in [("sec-purpose", "prefetch;prerender"), ("x-purpose", "preview"), ("x-moz", "prefetch")] {
            let mut headers = headers.clone();
            headers.insert(name, HeaderValue::from_static(value));
            assert!(program(&Method::GET, &headers).is_prefetch, "{name}");
        }
    }
}
