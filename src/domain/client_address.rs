//! The address that a request comes from, as far as limits go by it.

use std::net::{IpAddr, Ipv6Addr};

/// What a limit counts by: an IPv4 address, or the /64 of an IPv6 one, which is what one subscriber is given
/// (RFC 6177 §2): each of its 2^64 addresses counts as the same client. An IPv4 address in IPv6 form is the IPv4 one.
/// `None` if the text is no address.
#[must_use]
pub fn client(text: &str) -> Option<String> {
    match text.parse().ok()? {
        IpAddr::V4(address) => Some(address.to_string()),
        IpAddr::V6(address) => Some(address.to_ipv4_mapped().map_or_else(|| network(address), |v4| v4.to_string())),
    }
}

fn network(address: Ipv6Addr) -> String {
    let bits = address.to_bits() & !u128::from(u64::MAX);
    format!("{}/64", Ipv6Addr::from_bits(bits))
}

#[cfg(test)]
mod tests {
    use super::client;

    #[test]
    fn attack_limits_one_ipv6_network_is_one_client() {
        assert_eq!(client("2001:db8:1:2:3:4:5:6").as_deref(), Some("2001:db8:1:2::/64"));
        assert_eq!(client("2001:db8:1:2::1"), client("2001:db8:1:2:ffff::"));
        assert_ne!(client("2001:db8:1:2::1"), client("2001:db8:1:3::1"));
        assert_eq!(client("::ffff:192.0.2.1"), client("192.0.2.1"));
        for text in ["", "192.0.2", "192.0.2.1, 198.51.100.1", "localhost", "192.0.2.1:80"] {
            assert_eq!(client(text), None, "{text}");
        }
    }
}
