//! What a proxy or a guard is told of who asks, for the application behind it.

use std::fmt::Write as _;

use super::super::answer::Answer;
use super::presence::Presence;
use super::verdict::Verdict;
use crate::domain::tag::Tags;
use crate::error::Result;
use http::HeaderName;

const ACCOUNT: HeaderName = HeaderName::from_static("x-countersign-account");
const SESSION: HeaderName = HeaderName::from_static("x-countersign-session");
const TAGS: HeaderName = HeaderName::from_static("x-countersign-tags");
const AUTH_TIME: HeaderName = HeaderName::from_static("x-countersign-auth-time");
/// Of a request that a signed link lets pass: who has made it.
const LINK: HeaderName = HeaderName::from_static("x-countersign-link");
const AMR: HeaderName = HeaderName::from_static("x-countersign-amr");

/// A verdict with who asks. That is told only of what may pass: a refusal may be handed on as it is.
pub fn told(verdict: Verdict, presence: &Presence) -> Result<Answer> {
    match verdict {
        Verdict::Allowed(told) => {
            let maker = told.by.clone().filter(|_| told.link);
            let answer = identified(told.allowed().answer()?, presence);
            Ok(maker.into_iter().fold(answer, |answer, maker| answer.with_text(LINK, &maker)))
        }
        Verdict::Refused(..) => verdict.answer(),
    }
}

/// Adds who asks to an answer; nothing for nobody.
fn identified(answer: Answer, presence: &Presence) -> Answer {
    let Ok((token, standing)) = presence.required() else { return answer };
    answer
        .with_text(ACCOUNT, token.sub.as_str())
        .with_text(SESSION, token.sid.as_str())
        .with_text(TAGS, &ascii(&standing.tags))
        .with_text(AUTH_TIME, &token.auth_time.0.to_string())
        .with_text(AMR, &token.amr.join(" "))
}

/// Tags as JSON in ASCII (RFC 8259 §7), which a header can hold.
fn ascii(tags: &Tags) -> String {
    let json = serde_json::to_string(tags).unwrap_or_default();
    let mut text = String::with_capacity(json.len());
    for character in json.chars() {
        if matches!(character, ' '..='~') {
            text.push(character);
            continue;
        }
        for unit in character.encode_utf16(&mut [0; 2]) {
            // Writing to a text cannot fail.
            let _ = write!(text, "\\u{unit:04x}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::ascii;
    use crate::domain::tag::{Tag, TagSet, Tags};

    #[test]
    fn tags_of_any_characters_stand_in_a_header() {
        for text in ["teacher", "a,b\"c\\", "café", "日本", "\u{1f600}", "a\u{7f}b", "a\rb\nc"] {
            let tags = Tags::from_iter([(TagSet::groups(), Tag::parse(text).unwrap())]);
            let header = ascii(&tags);
            assert!(header.bytes().all(|byte| (0x20..=0x7e).contains(&byte)), "{header}");
            assert_eq!(serde_json::from_str::<Tags>(&header).unwrap(), tags);
        }
    }
}
