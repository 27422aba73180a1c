//! Which addresses a request may go to, so that no document leads one into a private network.

use url::{Host, Url};

/// Which addresses may be asked and led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// `https:` to named hosts.
    Public,
    /// Also `http:` to this machine, for development.
    Loopback,
}

impl Reach {
    /// Reads an absolute URL that may be reached: no credentials, no fragment, and outside development no address
    /// literal and no local name, so that no document leads a request into a private network.
    #[must_use]
    pub fn url(self, text: &str) -> Option<Url> {
        let url = Url::parse(text).ok()?;
        let plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
        let public = url.scheme() == "https" && matches!(url.host()?, Host::Domain(name) if !is_local(name));
        let loopback = self == Self::Loopback && matches!(url.scheme(), "http" | "https") && is_loopback(&url);
        (plain && (public || loopback)).then_some(url)
    }
}

fn is_local(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    !name.contains('.') || [".localhost", ".local", ".internal", ".home.arpa"].iter().any(|end| name.ends_with(end))
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::Reach;

    #[test]
    fn attack_ssrf_to_private_addresses() {
        for url in [
            "http://accounts.example.com/",
            "https://localhost/",
            "https://127.0.0.1/",
            "https://10.0.0.1/",
            "https://[::1]/",
            "https://[::ffff:169.254.169.254]/",
            "https://169.254.169.254/latest",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://metadata.google.internal/",
            "https://printer.local/",
            "https://intranet/",
            "https://localhost./",
            "https://user@accounts.example.com/",
            "https://accounts.example.com/#f",
            "ftp://accounts.example.com/",
            "/relative",
            "",
        ] {
            assert!(Reach::Public.url(url).is_none(), "{url}");
        }
        assert!(Reach::Public.url("https://accounts.example.com/o?a=b").is_some());
    }

    #[test]
    fn development_adds_this_machine_and_nothing_else() {
        for url in ["http://localhost:8788", "http://127.0.0.1:1", "http://[::1]:1", "https://accounts.example.com"] {
            assert!(Reach::Loopback.url(url).is_some(), "{url}");
        }
        for url in [
            "http://10.0.0.1",
            "http://accounts.example.com",
            "http://169.254.169.254",
            "http://localhost.evil.example",
        ] {
            assert!(Reach::Loopback.url(url).is_none(), "{url}");
        }
    }
}
