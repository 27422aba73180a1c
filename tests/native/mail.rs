//! Letters, their templates, and the mails they make.

use countersign::domain::config::{Config, Faults, Mail};
use countersign::domain::email::Email;
use countersign::domain::id::AccountId;
use countersign::domain::mail::{KINDS, Letter, Lifetime, Matter, Message, Token};
use serde_json::{Value, json};

pub const ORIGIN: &str = "https://app.example.com";
pub const TOKEN: &str = "a1B2-c3_D4";

pub fn parse(changes: &Value) -> std::result::Result<Config, Faults> {
    let mut document = json!({
        "origin": ORIGIN,
        "development": true,
        "providers": {},
        "mail": { "from": "Countersign <no-reply@app.example.com>", "transport": "mailbox" },
    });
    merge(&mut document, changes);
    Config::parse(
        &document.to_string(),
        |name| match name {
            "COUNTERSIGN_SECRET" => Some("a secret of at least thirty-two characters".to_owned()),
            "MAIL_API_KEY" => Some("key-1".to_owned()),
            _ => None,
        },
        |_| true,
        |_| true,
    )
}

fn merge(document: &mut Value, changes: &Value) {
    match (document, changes) {
        (Value::Object(document), Value::Object(changes)) => {
            for (name, change) in changes {
                merge(document.entry(name).or_insert(Value::Null), change);
            }
        }
        (document, change) => *document = change.clone(),
    }
}

pub fn mail(changes: &Value) -> Mail {
    parse(&json!({ "mail": changes })).unwrap().mail.unwrap()
}

fn faults(changes: &Value) -> Faults {
    parse(&json!({ "mail": changes })).unwrap_err()
}

pub fn email(text: &str) -> Email {
    Email::parse(text).unwrap()
}

pub fn matters() -> Vec<Matter> {
    let (token, new_email) = (Token::new(TOKEN), email("new@school.example"));
    let account = AccountId::parse("0123456789abcdef0123456789abcdef").unwrap();
    vec![
        Matter::VerifyEmail { token: token.clone() },
        Matter::AlreadyRegistered,
        Matter::RecoverAccount { token: token.clone() },
        Matter::UserName { user_name: "ada".to_owned() },
        Matter::ConfirmOldEmail { token: token.clone(), new_email: new_email.clone() },
        Matter::ConfirmNewEmail { token: token.clone() },
        Matter::EmailChanged { token, new_email: new_email.clone() },
        Matter::EmailUndone,
        Matter::PasswordChanged,
        Matter::ApprovalNeeded { account, email: new_email },
        Matter::Approved,
        Matter::SessionStolen,
        Matter::IdentityLinked { provider: "School".to_owned() },
        Matter::IdentityUnlinked { provider: "School".to_owned() },
        Matter::AccountDeleted,
    ]
}

pub fn letter(matter: Matter) -> Letter {
    Letter { to: email("ada@school.example"), name: Some("Ada Lovelace".to_owned()), id: "letter-1".to_owned(), matter }
}

pub fn written(matter: Matter) -> Message {
    letter(matter).render(&mail(&json!({})))
}

fn named(name: &str) -> Message {
    Letter { name: Some(name.to_owned()), ..letter(Matter::PasswordChanged) }.render(&mail(&json!({})))
}

/// The words that a reader of the HTML sees, and where its links lead.
fn read_html(html: &str) -> (Vec<String>, Vec<String>) {
    let body = html.split_once("<h1").unwrap().1.split_once("</h1>").unwrap().1;
    let mut text = String::new();
    let mut rest = body;
    while let Some((before, behind)) = rest.split_once('<') {
        text.push_str(before);
        text.push(' ');
        rest = behind.split_once('>').unwrap().1;
    }
    let unescape = |text: &str| {
        let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'");
        text.replace("&amp;", "&")
    };
    let words = unescape(&text).split_whitespace().map(str::to_owned).collect();
    let links = html.split("href=\"").skip(1).map(|part| unescape(part.split('"').next().unwrap())).collect();
    (words, links)
}

fn links_of(text: &str) -> Vec<&str> {
    text.split_whitespace().filter(|word| word.contains("://")).collect()
}

#[test]
fn every_matter_has_its_template_and_renders_without_a_gap() {
    assert_eq!(matters().len(), KINDS.len());
    for (matter, kind) in matters().into_iter().zip(&KINDS) {
        assert_eq!(matter.name(), kind.name);
        let name = matter.name();
        let linked = matter.lifetime().is_some();
        assert_eq!(kind.placeholders.contains(&"lifetime"), linked, "{name}");
        let message = written(matter);
        assert_eq!(message.link.is_some(), kind.linked, "{name}");
        assert!(!message.subject.is_empty() && message.subject.len() < 60, "{name}");
        assert!(message.text.contains("app.example.com"), "{name}");
        assert!(!message.text.contains(['{', '}']), "{name}: {}", message.text);
        assert!(!message.html.contains("{subject}") && !message.html.contains("{site}"), "{name}");
        assert!(message.html.contains("<html lang=\"en\">"), "{name}");
        for line in message.text.lines() {
            assert!(line.chars().count() <= 72 || line.starts_with(ORIGIN), "{name}: {line}");
        }
        let paragraphs = message.text.split("\n\n").count();
        assert!(paragraphs >= 4, "{name} says what to do if one did not ask for it");
    }
}

#[test]
fn every_link_leads_to_its_endpoint_below_the_configured_origin() {
    let expected = [
        ("verify_email", "/auth/api/verify_email?token=a1B2-c3_D4"),
        ("already_registered", "/"),
        ("recover_account", "/auth/api/reset_password?token=a1B2-c3_D4"),
        ("user_name", "/"),
        ("confirm_old_email", "/auth/api/verify_email?token=a1B2-c3_D4"),
        ("confirm_new_email", "/auth/api/verify_email?token=a1B2-c3_D4"),
        ("email_changed", "/auth/api/undo_email_change?token=a1B2-c3_D4"),
        ("email_undone", "/"),
        ("password_changed", "/"),
        ("approval_needed", "/"),
        ("approved", "/"),
        ("session_stolen", "/"),
        ("identity_linked", "/"),
        ("identity_unlinked", "/"),
    ];
    for matter in matters() {
        let name = matter.name();
        let message = written(matter);
        let link = expected.iter().find(|(other, _)| *other == name).map(|(_, path)| format!("{ORIGIN}{path}"));
        assert_eq!(message.link, link, "{name}");
        let links: Vec<_> = link.iter().map(String::as_str).collect();
        assert_eq!(links_of(&message.text), links, "{name}");
        assert!(message.text.lines().filter(|line| links.contains(line)).count() == links.len(), "{name}");
        // The button and the bare address below it.
        assert_eq!(read_html(&message.html).1, [links.clone(), links].concat(), "{name}");
    }
    let elsewhere = parse(&json!({ "origin": "http://localhost:8787", "prefix": "/id" })).unwrap().mail.unwrap();
    let link = letter(Matter::RecoverAccount { token: Token::new("a b&c=\"<") }).render(&elsewhere).link;
    assert_eq!(link.unwrap(), "http://localhost:8787/id/api/reset_password?token=a+b%26c%3D%22%3C");
}

#[test]
fn a_letter_says_how_long_its_link_holds() {
    for (lifetime, seconds, words) in
        [(Lifetime::Hour, 3600, "1 hour"), (Lifetime::Day, 86_400, "24 hours"), (Lifetime::Week, 604_800, "7 days")]
    {
        assert_eq!(lifetime.seconds(), seconds);
        for matter in matters().into_iter().filter(|matter| matter.lifetime() == Some(lifetime)) {
            let name = matter.name();
            assert!(written(matter).text.contains(&format!("holds for {words} ")), "{name}");
        }
    }
}

#[test]
fn text_and_html_say_the_same() {
    for matter in matters() {
        let name = matter.name();
        let message = written(matter);
        let (words, _) = read_html(&message.html);
        let text: Vec<_> = message.text.split_whitespace().filter(|word| *word != "--").collect();
        // The HTML has a label without a colon, and the address below the text once more with its hint.
        let said = words.join(" ");
        for line in message.text.split("\n\n") {
            let line = line.replace("-- \n", "").split_whitespace().collect::<Vec<_>>().join(" ");
            let line = line.split_once(": https://").map_or(line.as_str(), |(label, _)| label);
            assert!(said.contains(line), "{name}: `{line}` in `{said}`");
        }
        let hint = if message.link.is_some() { "If the button does not work, open this address:" } else { "" };
        assert_eq!(words.len(), text.len() + hint.split_whitespace().count(), "{name}");
    }
}

#[test]
fn a_letter_waits_as_json_and_comes_back_the_same() {
    for matter in matters() {
        let before = letter(matter);
        let text = serde_json::to_string(&before).unwrap();
        let after: Letter = serde_json::from_str(&text).unwrap();
        assert_eq!(serde_json::to_string(&after).unwrap(), text);
        assert_eq!(after.render(&mail(&json!({}))).html, before.render(&mail(&json!({}))).html);
    }
    let json = serde_json::to_value(letter(Matter::VerifyEmail { token: Token::new("t") })).unwrap();
    let expected = json!({
        "to": "ada@school.example", "name": "Ada Lovelace", "id": "letter-1", "matter": "verify_email", "token": "t",
    });
    assert_eq!(json, expected);
    for name in ["to", "id", "matter", "token"] {
        let mut spoilt = expected.clone();
        spoilt[name] = json!("no @");
        let read = serde_json::from_value::<Letter>(spoilt).is_ok();
        assert_eq!(read, matches!(name, "id" | "token"), "{name}");
        let mut without = expected.clone();
        without.as_object_mut().unwrap().remove(name);
        assert!(serde_json::from_value::<Letter>(without).is_err(), "{name}");
    }
}

#[test]
fn tokens_are_not_printed() {
    for matter in matters() {
        let letter = letter(matter);
        assert!(!format!("{letter:?}").contains(TOKEN));
        assert!(!format!("{:?}", letter.render(&mail(&json!({})))).contains(TOKEN));
    }
    let config = parse(&json!({ "mail": { "transport": "http" } })).unwrap();
    assert!(!format!("{config:?}").contains("key-1"), "{config:?}");
}

#[test]
fn a_person_is_greeted_by_her_name_where_the_address_is_hers() {
    for name in
        ["Ada Lovelace", "J. R. R. Tolkien", "Jean-Luc O’Neill", "Þóra", "कृष्ण", "李小龍", "ไพลิน", "Martin King Jr."]
    {
        assert!(named(name).text.starts_with(&format!("Hello {name},\n")), "{name}");
    }
    assert!(Letter { name: None, ..letter(Matter::Approved) }.render(&mail(&json!({}))).text.starts_with("Hello,\n"));
}

#[test]
fn attack_spam_a_strangers_address_gets_no_text_of_the_senders_choice() {
    let strangers = ["verify_email", "already_registered", "recover_account", "user_name", "confirm_new_email"];
    for matter in matters() {
        let name = matter.name();
        let message = written(matter);
        assert_eq!(message.text.contains("Ada"), !strangers.contains(&name) && name != "approval_needed", "{name}");
        assert_eq!(message.html.contains("Ada"), message.text.contains("Ada"), "{name}");
    }
}

#[test]
fn attack_what_does_not_look_like_a_name_is_left_out() {
    for name in [
        "Visit http://evil.example",
        "evil.example",
        "www.evil.example now",
        "evil。example",
        "evil．example",
        "evil․example",
        "eve@evil.example",
        "Call 0800 555 123",
        "<b>Ada</b>",
        "Ada &amp; Eve",
        "\"Ada\"",
        "Ada\r\nBcc: eve@evil.example",
        "Ada\n\nYour account is locked",
        "Ada\u{202e}evil",
        "Ada\u{200b}",
        "Ada\u{0}",
        "Ada\u{2028}Eve",
        "Ada\u{61c}Eve",
        "Ada\u{feff}",
        "Ada × Eve 😀",
        "{site}",
        "",
        &"x".repeat(65),
    ] {
        let message = named(name);
        assert!(message.text.starts_with("Hello,\n"), "{name:?}: {}", message.text);
        assert_eq!(message.html, named("1").html, "{name:?}");
    }
}

#[test]
fn attack_headers_stay_one_line_whatever_people_are_called() {
    for matter in matters() {
        let letter = Letter { name: Some("Ada\r\nBcc: eve@evil.example".to_owned()), ..letter(matter) };
        let message = letter.render(&mail(&json!({})));
        let header = format!("{}{}{}", message.subject, message.from, message.to.as_str());
        assert!(!header.contains(char::is_control) && !header.contains("evil"), "{header:?}");
    }
}

#[test]
fn attack_markup_in_what_people_choose_is_text() {
    let user_name = "<img src=x onerror=alert(1)>\"'&{site}\r\n\u{202e}x";
    let message = written(Matter::UserName { user_name: user_name.to_owned() });
    let shown = "<img src=x onerror=alert(1)>\"'&{site}x";
    assert!(message.text.replace('\n', " ").contains(&format!("It is: {shown} ")), "{}", message.text);
    assert!(!message.html.contains("<img"), "{}", message.html);
    assert!(message.html.contains("&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;{site}x"), "{}", message.html);
    // All of this may stand in an address.
    let new_email = email("a'&{site}/?#=`|~x@evil.example");
    let message = written(Matter::EmailChanged { token: Token::new(TOKEN), new_email: new_email.clone() });
    assert!(message.text.contains(new_email.as_str()), "{}", message.text);
    assert!(message.html.contains("a&#39;&amp;{site}/?#=`|~x@evil.example"), "{}", message.html);
    assert!(read_html(&message.html).1.iter().all(|link| link.starts_with(ORIGIN)));
}

#[test]
fn configured_words_replace_those_that_are_built_in() {
    let changes = json!({
        "language": "de",
        "reply_to": "Büro <office@school.example>",
        "templates": {
            "verify_email": {
                "subject": "Adresse für {site} bestätigen",
                "text": ["Bitte bestätigen Sie Ihre Adresse bei {site}.", "Das geht {lifetime} lang."],
                "button": "Bestätigen & weiter",
            },
            "frame": { "greeting": "Guten Tag,", "day": "24 Stunden" },
        },
    });
    let message = letter(matters().swap_remove(0)).render(&mail(&changes));
    assert_eq!(message.subject, "Adresse für app.example.com bestätigen");
    assert!(
        message.text.starts_with("Guten Tag,\n\nBitte bestätigen Sie Ihre Adresse bei app.example.com.\n\nBestätigen")
    );
    assert!(message.text.contains("\n\nDas geht 24 Stunden lang.\n\n"));
    assert!(message.html.contains("<html lang=\"de\">") && message.html.contains(">Bestätigen &amp; weiter</a>"));
    assert_eq!(message.reply_to.unwrap().to_string(), "Büro <office@school.example>");
    let other = letter(Matter::AlreadyRegistered).render(&mail(&changes));
    assert_eq!(other.subject, "You already have an account");
}

#[test]
fn attack_config_a_faulty_template_refuses_all() {
    for (templates, place) in [
        (json!({ "verify_mail": { "subject": "x" } }), "templates.verify_mail"),
        (json!({ "verify_email": { "subject": "{email}" } }), "templates.verify_email.subject"),
        (json!({ "verify_email": { "subject": "a\r\nBcc: eve@evil.example" } }), "templates.verify_email.subject"),
        (json!({ "verify_email": { "subject": "" } }), "templates.verify_email.subject"),
        (json!({ "verify_email": { "subject": 1 } }), "templates.verify_email.subject"),
        (json!({ "verify_email": { "button": "{name}" } }), "templates.verify_email.button"),
        (json!({ "verify_email": { "text": ["fine", "{user_name}"] } }), "templates.verify_email.text[1]"),
        (json!({ "verify_email": { "text": ["{ site }"] } }), "templates.verify_email.text[0]"),
        (json!({ "verify_email": { "text": ["open {site"] } }), "templates.verify_email.text[0]"),
        (json!({ "verify_email": { "text": [] } }), "templates.verify_email.text"),
        (json!({ "verify_email": { "text": [" "] } }), "templates.verify_email.text[0]"),
        (json!({ "verify_email": { "text": ["a", 1] } }), "templates.verify_email.text"),
        (json!({ "verify_email": { "text": "a" } }), "templates.verify_email.text"),
        (json!({ "verify_email": { "html": "<b>" } }), "templates.verify_email.html"),
        (json!({ "verify_email": "a" }), "templates.verify_email"),
        (json!({ "account_deleted": { "button": "Go" } }), "templates.account_deleted.button"),
        (json!({ "frame": { "greeting": "{name}" } }), "templates.frame.greeting"),
        (json!({ "frame": { "language": "de" } }), "templates.frame.language"),
        (json!([]), "templates"),
    ] {
        let found = faults(&json!({ "templates": templates }));
        assert!(
            found.iter().any(|fault| fault.starts_with(&format!("`COUNTERSIGN.mail.{place}`:"))),
            "{place}: {found:?}"
        );
        assert_eq!(found.len(), 1, "{found:?}");
    }
}

#[test]
fn attack_config_a_faulty_section_refuses_all() {
    for (changes, place) in [
        (json!({ "from": null }), "from"),
        (json!({ "from": "Countersign" }), "from"),
        (json!({ "from": "A <a@b.example>\r\nBcc: eve@evil.example" }), "from"),
        (json!({ "reply_to": "a@b.example, eve@evil.example" }), "reply_to"),
        (json!({ "transport": "smtp" }), "transport"),
        (json!({ "transport": null }), "transport"),
        (json!({ "transport": "http", "url": "https://10.0.0.1/" }), "url"),
        (json!({ "transport": "http", "url": "http://api.example.com/" }), "url"),
        (json!({ "url": "https://api.example.com/" }), "url"),
        (json!({ "binding": "EMAIL" }), "binding"),
        (json!({ "language": "de de" }), "language"),
        (json!({ "template": {} }), "template"),
    ] {
        let found = faults(&changes);
        assert!(
            found.iter().any(|fault| fault.starts_with(&format!("`COUNTERSIGN.mail.{place}`:"))),
            "{changes}: {found:?}"
        );
    }
    let without = |changes: &Value| parse(&json!({ "mail": changes, "development": false }));
    assert!(without(&json!({})).unwrap_err()[0].contains("COUNTERSIGN.mail.transport"), "no mailbox in production");
    assert!(without(&json!({ "transport": "http" })).is_ok());
    assert!(without(&json!({ "transport": "http", "url": "http://localhost:1/" })).is_err());
    assert!(without(&json!({ "transport": "binding", "binding": "POST" })).is_ok());
    let mut document = json!({ "origin": ORIGIN, "providers": {} });
    let secret = |name: &str| (name == "COUNTERSIGN_SECRET").then(|| "x".repeat(32));
    assert!(Config::parse(&document.to_string(), secret, |_| true, |_| true).unwrap().mail.is_none());
    document["mail"] = json!({ "from": "a@b.example", "transport": "http" });
    assert!(Config::parse(&document.to_string(), secret, |_| true, |_| true).unwrap_err()[0].contains("MAIL_API_KEY"));
}
