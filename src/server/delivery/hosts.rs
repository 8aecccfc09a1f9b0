//! Which servers the connections and webhooks of projects may lead to. Where projects are strangers' to whoever runs the server, none of them
//! may reach into its network.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};
use tokio::net::lookup_host;

/// The settings `CONNECTION_HOSTS` and `WEBHOOK_HOSTS`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Hosts {
    #[default]
    Any,
    /// Only those with public addresses.
    Public,
}

/// Why a server is not asked.
#[derive(Debug)]
pub enum Unreachable {
    /// This address is none of the internet's.
    Internal(IpAddr),
    Io(io::Error),
}

impl Hosts {
    /// Whether a server may be at this address.
    pub fn permits(self, address: IpAddr) -> bool {
        self == Self::Any || is_public(address)
    }

    /// The addresses of a server. Who connects to these, and not to the name, connects to what was judged.
    ///
    /// # Errors
    /// `Internal` where any of them is not permitted.
    pub async fn resolve(self, host: &str, port: u16) -> Result<Vec<SocketAddr>, Unreachable> {
        let all: Vec<SocketAddr> = lookup_host((host, port)).await.map_err(Unreachable::Io)?.collect();
        match all.iter().find(|address| !self.permits(address.ip())) {
            Some(internal) => Err(Unreachable::Internal(internal.ip())),
            None if all.is_empty() => Err(Unreachable::Io(io::Error::from(io::ErrorKind::NotFound))),
            None => Ok(all),
        }
    }
}

/// Whether the address is one of the internet's (the registries of RFC 6890).
fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = matches!(
        (a, b, c),
        (0 | 10 | 127 | 224.., ..)
            | (100, 64..=127, _)
            | (169, 254, _)
            | (172, 16..=31, _)
            | (192, 0, 0 | 2)
            | (192, 88, 99)
            | (192, 168, _)
            | (198, 18 | 19, _)
            | (198, 51, 100)
            | (203, 0, 113)
    );
    !is_special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let embedded = |high: u16, low: u16| {
        let [[a, b], [c, d]] = [high, low].map(u16::to_be_bytes);
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match address.segments() {
        // NAT64 and 6to4 lead to an IPv4 address.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => embedded(high, low),
        [0x2002, high, low, ..] => embedded(high, low),
        // Teredo and other protocol assignments; documentation.
        [0x2001, 0..=0x1ff, ..] | [0x2001, 0xdb8, ..] => false,
        // What is allocated of the rest.
        [0x2000..=0x3fff, ..] => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_internal_networks_are_told_from_those_of_the_internet() {
        for internal in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "127.9.9.9",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.168.1.1",
            "198.18.0.1",
            "203.0.113.9",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::7f00:1",
            "192.88.99.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "64:ff9b:1:a00::101:101",
            "2002:7f00:1::1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "2001:db8::1",
            "2001::1",
        ] {
            assert!(!is_public(internal.parse().unwrap()), "{internal}");
        }
        for public in [
            "1.1.1.1",
            "100.128.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "9.9.9.9",
            "2606:4700::1",
            "2a00:1450::1",
            "64:ff9b::101:101",
        ] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
    }

    #[tokio::test]
    async fn a_name_that_leads_inside_is_refused_where_only_the_internet_is_permitted() {
        assert!(Hosts::Any.resolve("localhost", 25).await.is_ok());
        assert!(matches!(Hosts::Public.resolve("localhost", 25).await, Err(Unreachable::Internal(_))));
        assert!(matches!(Hosts::Public.resolve("127.1", 25).await, Err(Unreachable::Internal(_) | Unreachable::Io(_))));
        assert!(Hosts::Public.resolve("1.1.1.1", 25).await.is_ok());
    }
}
