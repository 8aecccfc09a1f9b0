//! The address that a request comes from, for limits.
//!
//! `axum-client-ip` takes a header at its word whoever sends it, or the peer alone; it cannot believe a header only
//! where the peer is a known proxy. So these lines are our own.

use axum::{
    extract::ConnectInfo,
    http::{Extensions, HeaderMap},
};
use std::net::{IpAddr, SocketAddr};

/// The peer's address; where the peer is a trusted proxy, the address that it forwards for. Empty where neither is known.
pub fn peer(headers: &HeaderMap, extensions: &Extensions, trusted: &[IpAddr]) -> String {
    let Some(ConnectInfo(peer)) = extensions.get::<ConnectInfo<SocketAddr>>() else { return String::new() };
    let forwarded: Vec<IpAddr> = headers
        .get_all("x-forwarded-for")
        .into_iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|address| address.trim().parse().ok())
        // What stands before an entry that cannot be read may have been written by anybody.
        .fold(Vec::new(), |mut known, address: Option<IpAddr>| match address {
            Some(address) => {
                known.push(address);
                known
            }
            None => Vec::new(),
        });
    // Each proxy appends the address that it was asked from.
    let mut address = peer.ip();
    for next in forwarded.into_iter().rev() {
        if !is_trusted(address, trusted) {
            break;
        }
        address = next;
    }
    address.to_string()
}

/// A proxy on this machine, or one that TRUSTED_PROXIES names.
fn is_trusted(address: IpAddr, trusted: &[IpAddr]) -> bool {
    address.to_canonical().is_loopback() || trusted.contains(&address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(from: &str, forwarded: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", value.parse().unwrap());
        }
        let mut extensions = Extensions::new();
        extensions.insert(ConnectInfo(SocketAddr::new(from.parse().unwrap(), 1234)));
        peer(&headers, &extensions, &["10.0.0.1".parse().unwrap()])
    }

    #[test]
    fn a_stranger_is_not_believed() {
        assert_eq!(seen("192.0.2.7", &[]), "192.0.2.7");
        assert_eq!(seen("192.0.2.7", &["198.51.100.1"]), "192.0.2.7");
    }

    #[test]
    fn proxies_are_believed_as_far_as_they_are_trusted() {
        assert_eq!(seen("127.0.0.1", &[]), "127.0.0.1");
        assert_eq!(seen("127.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(seen("::1", &["203.0.113.9, 198.51.100.1"]), "198.51.100.1");
        assert_eq!(seen("127.0.0.1", &["203.0.113.9, 198.51.100.1, 10.0.0.1"]), "198.51.100.1");
        assert_eq!(seen("::ffff:10.0.0.1", &["203.0.113.9", "198.51.100.1"]), "198.51.100.1");
        assert_eq!(seen("127.0.0.1", &["198.51.100.1, unknown"]), "127.0.0.1");
        assert_eq!(seen("127.0.0.1", &["unknown, 198.51.100.1"]), "198.51.100.1");
    }
}
