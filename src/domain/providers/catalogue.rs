//! The providers that are known. Each is a file of data beside this one and a word here; `docs/providers.md` says what the fields of
//! such a file mean.

/// Names the files.
macro_rules! catalogue {
    ($($kind:ident)*) => {
        /// The kinds of provider, by name.
        pub const KINDS: &[&str] = &[$(stringify!($kind)),*];

        /// The file of a kind.
        #[must_use]
        pub fn file(kind: &str) -> Option<&'static str> {
            match kind {
                $(stringify!($kind) => Some(include_str!(concat!(stringify!($kind), ".json"))),)*
                _ => None,
            }
        }
    };
}

catalogue! {
    apple
    atlassian
    auth0
    bitbucket
    discord
    dropbox
    facebook
    github
    gitlab
    google
    kakao
    keycloak
    line
    linkedin
    microsoft
    naver
    notion
    okta
    paypal
    reddit
    salesforce
    slack
    spotify
    tiktok
    twitch
    vk
    x
    yahoo
    zoom
}
