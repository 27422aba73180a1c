//! A mail that is ready to be sent, made of a letter and the templates.

use std::fmt;

use super::html;
use super::letter::Letter;
use super::sender::Sender;
use super::templates::fill;
use crate::domain::config::Mail;
use crate::domain::email::Email;

/// The columns of the text version.
const WIDTH: usize = 72;

/// A mail to one person. The same letter always makes the same message.
#[derive(Clone)]
pub struct Message {
    /// Who it is from.
    pub from: Sender,
    /// Where answers go, if not there.
    pub reply_to: Option<Sender>,
    /// The only recipient.
    pub to: Email,
    /// One line without control characters, and without any text that a stranger chose.
    pub subject: String,
    /// The plain text, in lines of at most 72 columns; a link stands in a line of its own.
    pub text: String,
    /// The same as HTML.
    pub html: String,
    /// Where its button leads.
    pub link: Option<String>,
    /// [`Letter::id`].
    pub id: String,
}

impl fmt::Debug for Message {
    /// Without the texts: they hold tokens.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message").field("id", &self.id).field("subject", &self.subject).finish_non_exhaustive()
    }
}

/// What both versions of a mail are made of.
pub(super) struct Body<'a> {
    pub language: &'a str,
    pub subject: String,
    pub greeting: String,
    pub paragraphs: Vec<String>,
    /// The label and the address of the button, which stands under the first paragraph.
    pub button: Option<(String, String)>,
    /// What to do if the button does not work.
    pub link: String,
    pub footer: String,
}

impl Letter {
    /// Says it in the words of the configured templates.
    #[must_use]
    pub fn render(&self, mail: &Mail) -> Message {
        let body = self.body(mail);
        Message {
            from: mail.from.clone(),
            reply_to: mail.reply_to.clone(),
            to: self.to.clone(),
            text: text(&body),
            html: html::page(&body),
            subject: body.subject,
            link: body.button.map(|(_, link)| link),
            id: self.id.clone(),
        }
    }

    fn body<'a>(&self, mail: &'a Mail) -> Body<'a> {
        let templates = &mail.templates;
        let matter = self.matter.name();
        let name = self.name.as_deref().filter(|name| self.matter.names_reader() && is_name(name));
        let words = |placeholder: &str| match placeholder {
            "site" => Some(mail.site().to_owned()),
            "name" => name.map(str::to_owned),
            "lifetime" => self.matter.lifetime().map(|lifetime| templates.line("frame", lifetime.key()).to_owned()),
            other => self.matter.value(other),
        };
        let say = |table, key| fill(templates.line(table, key), &words);
        let link = self.matter.link(&mail.origin, &mail.prefix);
        Body {
            language: templates.language(),
            subject: say(matter, "subject"),
            greeting: say("frame", if name.is_some() { "greeting_named" } else { "greeting" }),
            paragraphs: templates.paragraphs(matter).map(|paragraph| fill(paragraph, &words)).collect(),
            button: link.map(|link| (say(matter, "button"), link)),
            link: say("frame", "link"),
            footer: say("frame", "footer"),
        }
    }
}

/// Whether a text looks like a person's name: letters, spaces, hyphens, apostrophes, and full stops that end a word.
/// Nothing of that makes a link, a second line, or markup.
fn is_name(text: &str) -> bool {
    let known = |letter: char| is_letter(letter) || " -'’.".contains(letter);
    let ends = |part: &str| part.is_empty() || part.starts_with(' ');
    (1..=64).contains(&text.chars().count()) && text.chars().all(known) && text.split('.').skip(1).all(ends)
}

/// Whether a character is in a block of letters: those with their marks from Latin to Greek Extended, kana, Han, Hangul.
/// By blocks, because a table of all letters is large in the Wasm; left out are general punctuation, the full stops of
/// other scripts that a host may be written with (UTS 46), and the marks that turn the direction of a text.
const fn is_letter(letter: char) -> bool {
    matches!(letter,
        'A'..='Z' | 'a'..='z' | '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{61b}' | '\u{620}'..='\u{180d}' | '\u{1810}'..='\u{1fff}'
        | '\u{3041}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}')
}

/// The plain text.
fn text(body: &Body<'_>) -> String {
    let mut blocks = vec![wrap(&body.greeting)];
    for (place, paragraph) in body.paragraphs.iter().enumerate() {
        blocks.push(wrap(paragraph));
        if let (0, Some((label, link))) = (place, &body.button) {
            blocks.push(format!("{}\n{link}", wrap(&format!("{label}:"))));
        }
    }
    blocks.push(format!("-- \n{}", wrap(&body.footer)));
    blocks.join("\n\n") + "\n"
}

/// Breaks a paragraph between words. A word longer than a line has one of its own.
fn wrap(paragraph: &str) -> String {
    let mut wrapped = String::new();
    let mut column = 0_usize;
    for word in paragraph.split(' ').filter(|word| !word.is_empty()) {
        let length = word.chars().count();
        if column > 0 && column.saturating_add(length) >= WIDTH {
            wrapped.push('\n');
            column = 0;
        } else if column > 0 {
            wrapped.push(' ');
            column = column.saturating_add(1);
        }
        wrapped.push_str(word);
        column = column.saturating_add(length);
    }
    wrapped
}
