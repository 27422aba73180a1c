//! The HTML of a mail.

use super::message::Body;
use super::templates::fill;

/// The page: `layout.html` with the body in its places.
pub(super) fn page(body: &Body<'_>) -> String {
    let (first, others) = body.paragraphs.split_first().map_or(("", [].as_slice()), |(first, others)| (first, others));
    let button = body.button.as_ref();
    fill(include_str!("layout.html"), &|place| {
        Some(match place {
            "language" => escape(body.language),
            "subject" => escape(&body.subject),
            "opening" => format!("{}{}", paragraph(&body.greeting), paragraph(first)),
            "button" => button.map_or_else(String::new, |(label, link)| action(label, link)),
            "others" => others.iter().map(|text| paragraph(text)).collect(),
            "link" => button.map_or_else(String::new, |(_, link)| bare(&body.link, link)),
            "footer" => escape(&body.footer),
            _ => return None,
        })
    })
}

fn paragraph(text: &str) -> String {
    format!("<p style=\"margin:0 0 16px\">{}</p>\n", escape(text))
}

fn action(label: &str, link: &str) -> String {
    fill(include_str!("button.html"), &|place| {
        Some(match place {
            "label" => escape(label),
            "link" => escape(link),
            _ => return None,
        })
    })
}

/// The address as such, for who sees no button or wants to see where it leads.
fn bare(hint: &str, link: &str) -> String {
    let (hint, link) = (escape(hint), escape(link));
    format!(
        "<p class=\"soft\" style=\"margin:0 0 16px;font-size:14px;color:#6a5c52;overflow-wrap:anywhere\">{hint}<br>\
         <a class=\"accent\" href=\"{link}\" style=\"color:#a8431f\">{link}</a></p>\n"
    )
}

/// Text as HTML, between tags and in quoted attributes.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}
