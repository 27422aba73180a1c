//! What a `User-Agent` (RFC 9110 §10.1.5) says of a device: enough for its owner to know it again, and nothing is decided by it.

use serde::{Deserialize, Serialize};

/// A `User-Agent`, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UserAgent(String);

/// A device, in words for its owner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Device {
    /// Such as `Firefox`.
    pub browser: Option<String>,
    /// Such as `Android`.
    pub os: Option<String>,
    /// What kind of thing it is.
    pub kind: DeviceKind,
}

/// What kind of thing a device is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(inline))]
pub enum DeviceKind {
    /// A desktop or laptop computer.
    Desktop,
    /// A telephone.
    Phone,
    /// A tablet.
    Tablet,
    /// Something else: a program, or what says nothing of itself.
    Other,
}

/// Browsers by a word of theirs. Most claim to be another one as well, so the first that fits counts.
const BROWSERS: &[(&str, &str)] = &[
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Opera", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("YaBrowser/", "Yandex"),
    ("Vivaldi/", "Vivaldi"),
    ("DuckDuckGo/", "DuckDuckGo"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];

/// Systems by a word of theirs, with the kind of what they run on. Again the first that fits counts.
const SYSTEMS: &[(&str, &str, DeviceKind)] = &[
    ("iPhone", "iOS", DeviceKind::Phone),
    ("iPad", "iPadOS", DeviceKind::Tablet),
    ("Android", "Android", DeviceKind::Tablet),
    ("CrOS", "ChromeOS", DeviceKind::Desktop),
    ("Windows", "Windows", DeviceKind::Desktop),
    ("Mac OS X", "macOS", DeviceKind::Desktop),
    ("Linux", "Linux", DeviceKind::Desktop),
];

impl UserAgent {
    /// How much of one is kept, in characters.
    pub const MAX_CHARS: usize = 256;

    /// Takes the header; `None` if it is empty.
    #[must_use]
    pub fn parse(header: &str) -> Option<Self> {
        let text: String = header.chars().filter(|letter| !letter.is_control()).take(Self::MAX_CHARS).collect();
        (!text.is_empty()).then_some(Self(text))
    }

    /// The device that it tells of.
    #[must_use]
    pub fn device(&self) -> Device {
        let browser = BROWSERS.iter().find(|(word, _)| self.0.contains(word)).map(|(_, name)| (*name).to_owned());
        let system = SYSTEMS.iter().find(|(word, _, _)| self.0.contains(word));
        let kind = match system {
            // Chrome's advice: a phone says `Mobile`, a tablet does not.
            Some((_, "Android", _)) if self.0.contains("Mobile") => DeviceKind::Phone,
            Some((_, _, kind)) if browser.is_some() => *kind,
            _ => DeviceKind::Other,
        };
        // A program gives its own name first.
        let program = || self.0.split(['/', ' ']).next().filter(|name| *name != "Mozilla").map(str::to_owned);
        Device { browser: browser.or_else(program), os: system.map(|(_, name, _)| (*name).to_owned()), kind }
    }
}

#[cfg(test)]
mod tests {
    use super::{DeviceKind, UserAgent};

    #[test]
    fn devices_are_known_by_their_words() {
        let cases = [
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
                (Some("Firefox"), Some("Linux"), DeviceKind::Desktop),
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0",
                (Some("Edge"), Some("Windows"), DeviceKind::Desktop),
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
                (Some("Safari"), Some("iOS"), DeviceKind::Phone),
            ),
            (
                "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36",
                (Some("Chrome"), Some("Android"), DeviceKind::Phone),
            ),
            (
                "Mozilla/5.0 (Linux; Android 14; SM-X910) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 Chrome/121.0.0.0 Safari/537.36",
                (Some("Samsung Internet"), Some("Android"), DeviceKind::Tablet),
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15",
                (Some("Safari"), Some("macOS"), DeviceKind::Desktop),
            ),
            ("curl/8.5.0", (Some("curl"), None, DeviceKind::Other)),
            ("Mozilla/5.0", (None, None, DeviceKind::Other)),
        ];
        for (header, (browser, os, kind)) in cases {
            let device = UserAgent::parse(header).unwrap().device();
            assert_eq!((device.browser.as_deref(), device.os.as_deref(), device.kind), (browser, os, kind), "{header}");
        }
    }

    #[test]
    fn only_so_much_is_kept_and_nothing_invisible() {
        assert!(UserAgent::parse("").is_none() && UserAgent::parse("\u{7}").is_none());
        let long = UserAgent::parse(&"ä".repeat(1000)).unwrap();
        assert_eq!(long.0.chars().count(), UserAgent::MAX_CHARS);
    }
}
