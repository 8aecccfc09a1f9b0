//! The address of the client that sent a request, for limits.
//!
//! Parsed here and not by the crate axum-client-ip: see "Where we deviate from the usual, and why" in ARCHITECTURE.md.

use axum::{
    extract::ConnectInfo,
    http::{Extensions, HeaderMap},
};
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// The network of the connection or, if that is a trusted proxy, of the address that X-Forwarded-For names. Empty if there is
/// no connection.
///
/// Each proxy appends the address of its own client. So the header is read from its end, and only as far as the proxies
/// are trusted: anybody may have written what stands before.
pub fn peer(headers: &HeaderMap, extensions: &Extensions, trusted: &[IpAddr]) -> String {
    let Some(ConnectInfo(connection)) = extensions.get::<ConnectInfo<SocketAddr>>() else { return String::new() };
    let mut forwarded = headers
        .get_all("x-forwarded-for")
        .into_iter()
        .rev()
        .flat_map(|header| header.to_str().unwrap_or("?").rsplit(','))
        .map_while(|entry| entry.trim().parse().ok());
    let mut address = connection.ip();
    while is_trusted(address, trusted) {
        let Some(client) = forwarded.next() else { break };
        address = client;
    }
    network(address).to_string()
}

/// What limits count as one: an IPv4 address, or the 64 bits of an IPv6 address that name a network, because whoever has a
/// network has all its addresses.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
        address => address,
    }
}

/// Whether it is a proxy on this machine, or one that TRUSTED_PROXIES names.
pub fn is_trusted(address: IpAddr, trusted: &[IpAddr]) -> bool {
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
    fn the_addresses_of_one_network_are_one() {
        assert_eq!(seen("2001:db8:1:2:3:4:5:6", &[]), "2001:db8:1:2::");
        assert_eq!(seen("2001:db8:1:2::1", &[]), "2001:db8:1:2::");
        assert_eq!(seen("2001:db8:1:3::1", &[]), "2001:db8:1:3::");
        assert_eq!(seen("::ffff:192.0.2.7", &[]), "192.0.2.7");
        assert_eq!(seen("::1", &["2001:db8:1:2:3:4:5:6"]), "2001:db8:1:2::");
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
        assert_eq!(seen("127.0.0.1", &["198.51.100.1, unknown, 10.0.0.1"]), "10.0.0.1");
    }
}
