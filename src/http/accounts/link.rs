//! The pages behind the links in mails. Opening one does nothing, so that neither a mail scanner nor a preview uses the
//! link up: a button does.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::super::App;
use super::super::answer::Answer;
use super::super::incoming::Incoming;
use crate::actors::account::Done;
use crate::domain::link::LinkToken;
use crate::error::{Code, Error, Result};

/// The page of a link: what its heading says, what its text says, what its button says.
type Words = (&'static str, &'static str, &'static str);

/// `GET` of the path that a link leads to.
pub fn page(incoming: &Incoming) -> Result<Answer> {
    let token = incoming.required_query("token")?;
    LinkToken::parse(&token).ok_or_else(invalid)?;
    let (title, text, button) = words(incoming.path());
    let body = include_str!("link.html").replace("{text}", text).replace("{button}", button);
    // A token has no character that means anything in HTML.
    Ok(Answer::form_page(title, &body.replace("{token}", &token)))
}

fn words(path: &str) -> Words {
    if path.ends_with("/undo_email_change") {
        (
            "Take the change back",
            "Your account gets its former e-mail address again. Everybody is signed out, and you are sent a mail to choose a new \
             password.",
            "Take it back",
        )
    } else if path.ends_with("/reset_password") {
        ("Back into your account", "The button signs you in. Then you can choose a new password.", "Sign in")
    } else {
        ("Confirm your e-mail address", "One more click, and it is done.", "Confirm")
    }
}

fn invalid() -> Error {
    Error::new(Code::LinkInvalid, "not a link of ours")
}

/// The secret of a link.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Link"))]
pub struct Body {
    /// As it stands in the mail.
    token: String,
    /// A new password, where one is taken: at `reset_password`. Without it only a confirmed session is opened.
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    password: Option<Zeroizing<String>>,
}

/// What a link has done.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "LinkUsed"))]
pub struct Used {
    /// What was done.
    done: Done,
}

/// What was sent to use a link: by a program as JSON, or by the button of the page as a form.
pub struct Posted {
    /// The secret of the link.
    pub token: LinkToken,
    /// A new password, where one is taken.
    pub password: Option<Zeroizing<String>>,
    /// Who sent it.
    pub by_form: ByForm,
}

/// Whether the button of our page was pressed. Then a person reads the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByForm(bool);

impl Posted {
    /// Reads the body.
    pub fn read(incoming: &Incoming) -> Result<Self> {
        let by_form = ByForm::of(incoming);
        let (token, password) = if let Some(mut pairs) = incoming.form() {
            (pairs.find(|(name, _)| name == "token").map(|(_, value)| value.into_owned()).unwrap_or_default(), None)
        } else {
            let Body { token, password } = incoming.json()?;
            (token, password)
        };
        Ok(Self { token: LinkToken::parse(&token).ok_or_else(invalid)?, password, by_form })
    }
}

impl ByForm {
    /// Whether this request is one of a form.
    pub fn of(incoming: &Incoming) -> Self {
        Self(incoming.form().is_some())
    }

    /// Says what was done: to a program, or on the page that the person is led to.
    pub fn answer<P>(self, app: &App<'_, P>, done: Done) -> Result<Answer> {
        let name = serde_json::to_value(done).unwrap_or_default();
        self.or(app, Answer::json(&Used { done })?, name.as_str().unwrap_or_default())
    }

    /// The answer for a program; a person is led to the site.
    pub fn or<P>(self, app: &App<'_, P>, answer: Answer, done: &str) -> Result<Answer> {
        if self.0 { Answer::see_other(&format!("{}/?done={done}", app.config.origin)) } else { Ok(answer) }
    }
}
