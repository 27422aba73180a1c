//! Networks of both families, in CIDR notation (RFC 4632 §3.1, RFC 4291 §2.3).

use std::fmt;
use std::net::IpAddr;

use serde::{Serialize, Serializer};

use crate::error::{Code, Error, Result};

/// A network, or one address. An IPv4 address or network in IPv6 form (`::ffff:0:0/96`, RFC 4291 §2.5.5.2) is the IPv4 one, here
/// and where it is asked; so `::/0` is every IPv6 address and no IPv4 address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Network {
    first: IpAddr,
    prefix: u32,
}

impl Network {
    /// Reads `10.0.0.0/8`, `2001:db8::/32`, or an address alone.
    ///
    /// # Errors
    /// [`Code::PolicyInvalid`], also if a bit is set beyond the prefix: `10.0.0.1/8` could mean two things.
    pub fn parse(text: &str) -> Result<Self> {
        Self::read(text)
            .ok_or_else(|| Error::new(Code::PolicyInvalid, format!("not a network: `{}`", text.escape_debug())))
    }

    fn read(text: &str) -> Option<Self> {
        let (address, prefix) = text.split_once('/').map_or((text, None), |(address, prefix)| (address, Some(prefix)));
        let address: IpAddr = address.parse().ok()?;
        let prefix = prefix.map_or_else(|| Some(width(address)), number)?;
        let first = address.to_canonical();
        // What the canonical form is shorter by: 96 bits, or none.
        let prefix = prefix.checked_sub(width(address).saturating_sub(width(first)))?;
        let fixed = width(first).saturating_sub(trailing_zeros(first));
        (fixed <= prefix && prefix <= width(first)).then_some(Self { first, prefix })
    }

    /// Whether an address is in it.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let shared = match (self.first, address.to_canonical()) {
            (IpAddr::V4(first), IpAddr::V4(address)) => (first.to_bits() ^ address.to_bits()).leading_zeros(),
            (IpAddr::V6(first), IpAddr::V6(address)) => (first.to_bits() ^ address.to_bits()).leading_zeros(),
            _ => return false,
        };
        shared >= self.prefix
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.prefix {
            prefix if prefix == width(self.first) => write!(f, "{}", self.first),
            prefix => write!(f, "{}/{prefix}", self.first),
        }
    }
}

impl Serialize for Network {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// How many bits an address of this family has.
const fn width(address: IpAddr) -> u32 {
    if address.is_ipv4() { 32 } else { 128 }
}

fn trailing_zeros(address: IpAddr) -> u32 {
    match address {
        IpAddr::V4(address) => address.to_bits().trailing_zeros(),
        IpAddr::V6(address) => address.to_bits().trailing_zeros(),
    }
}

/// A number as it is written by hand: digits alone, no zero before others.
fn number(digits: &str) -> Option<u32> {
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && (digits == "0" || !digits.starts_with('0'));
    if plain { digits.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::arithmetic_side_effects, reason = "a test that overflows has failed")]

    use super::Network;
    use proptest::prelude::*;
    use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

    fn holds(network: &str, address: &str) -> bool {
        Network::parse(network).unwrap().contains(address.parse().unwrap())
    }

    #[test]
    fn a_network_holds_its_first_and_its_last_address_and_none_beside_them() {
        for (network, first, last, before, after) in [
            ("10.0.0.0/8", "10.0.0.0", "10.255.255.255", "9.255.255.255", "11.0.0.0"),
            ("192.0.2.64/26", "192.0.2.64", "192.0.2.127", "192.0.2.63", "192.0.2.128"),
            ("192.0.2.7", "192.0.2.7", "192.0.2.7", "192.0.2.6", "192.0.2.8"),
            ("192.0.2.7/32", "192.0.2.7", "192.0.2.7", "192.0.2.6", "192.0.2.8"),
            ("2001:db8::/32", "2001:db8::", "2001:db8:ffff::ffff", "2001:db7:ffff::ffff", "2001:db9::"),
            ("2001:db8::1", "2001:db8::1", "2001:db8::1", "2001:db8::", "2001:db8::2"),
            ("2001:db8::8000/113", "2001:db8::8000", "2001:db8::ffff", "2001:db8::7fff", "2001:db8::1:0"),
        ] {
            assert!(holds(network, first) && holds(network, last), "{network}");
            assert!(!holds(network, before) && !holds(network, after), "{network}");
        }
    }

    #[test]
    fn the_two_families_are_two_worlds() {
        assert!(holds("0.0.0.0/0", "255.255.255.255") && holds("::/0", "2001:db8::1"));
        assert!(!holds("0.0.0.0/0", "::") && !holds("::/0", "0.0.0.0"));
        assert!(!holds("::/0", "::ffff:192.0.2.7"));
    }

    #[test]
    fn attack_an_ipv4_address_in_ipv6_form_is_the_ipv4_one() {
        assert!(holds("192.0.2.0/24", "::ffff:192.0.2.7") && holds("192.0.2.0/24", "::ffff:c000:207"));
        assert!(holds("::ffff:192.0.2.0/120", "192.0.2.7") && holds("::ffff:192.0.2.7", "192.0.2.7"));
        assert!(holds("::ffff:0:0/96", "198.51.100.1"));
        // The form that RFC 4291 §2.5.5.1 has taken back is another address.
        assert!(!holds("192.0.2.0/24", "::192.0.2.7"));
        assert_eq!(Network::parse("::ffff:10.0.0.0/104").unwrap(), Network::parse("10.0.0.0/8").unwrap());
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for text in [
            "",
            "/",
            "/8",
            "10.0.0.0/",
            "10.0.0.0/33",
            "10.0.0.0/08",
            "10.0.0.0/+8",
            "10.0.0.0/-1",
            "10.0.0.0/8/8",
            "10.0.0.0/ 8",
            " 10.0.0.0/8",
            "10.0.0.0/255.0.0.0",
            "10.0.0.0/99999999999",
            "10.0.0.1/8",
            "10.0.0.0/6",
            "10.0.0/8",
            "010.0.0.0/8",
            "0x0a.0.0.0/8",
            "10.0.0.256",
            "2001:db8::/129",
            "2001:db8::1/64",
            "2001:db8::/28",
            "::ffff:10.0.0.0/95",
            "::ffff:0:0/80",
            "::ffff:10.0.0.1/104",
            "fe80::1%eth0",
            "[2001:db8::]/32",
            "localhost",
            "*",
        ] {
            assert!(Network::parse(text).is_err(), "{text}");
        }
    }

    /// The rule as one would write it without thinking of speed: compare bit by bit.
    fn naive(first: &[u8], address: &[u8], prefix: u32) -> bool {
        let bits = |bytes: &[u8]| bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1)).collect();
        let (first, address): (Vec<u8>, Vec<u8>) = (bits(first), bits(address));
        first.iter().zip(&address).take(prefix as usize).all(|(one, other)| one == other)
    }

    proptest! {
        #[test]
        fn it_agrees_with_the_naive_model(first: u32, flipped in 0..33_u32, prefix in 0..33_u32) {
            let first = first.checked_shl(32 - prefix).unwrap_or(0);
            let address = first ^ 1_u32.checked_shl(flipped).unwrap_or(0);
            let (v4, other) = (Ipv4Addr::from_bits(first), Ipv4Addr::from_bits(address));
            let network = Network::parse(&format!("{v4}/{prefix}")).unwrap();
            prop_assert_eq!(network.contains(IpAddr::V4(other)), naive(&v4.octets(), &other.octets(), prefix));
            prop_assert_eq!(Network::parse(&network.to_string()).unwrap(), network);
        }

        #[test]
        fn it_agrees_with_the_naive_model_in_ipv6(first: u128, flipped in 0..129_u32, prefix in 0..129_u32) {
            let first = first.checked_shl(128 - prefix).unwrap_or(0);
            let address = first ^ 1_u128.checked_shl(flipped).unwrap_or(0);
            let (v6, other) = (Ipv6Addr::from_bits(first), Ipv6Addr::from_bits(address));
            prop_assume!(v6.to_ipv4_mapped().is_none() && other.to_ipv4_mapped().is_none());
            let network = Network::parse(&format!("{v6}/{prefix}")).unwrap();
            prop_assert_eq!(network.contains(IpAddr::V6(other)), naive(&v6.octets(), &other.octets(), prefix));
            prop_assert_eq!(Network::parse(&network.to_string()).unwrap(), network);
        }

        #[test]
        fn reading_any_text_never_panics(text in "[0-9a-f:./]{0,20}|.*") {
            let _ = Network::parse(&text);
        }
    }
}
