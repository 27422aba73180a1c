//! The page that asks whose account it is.

use super::super::answer::Answer;
use super::super::sign_in::Question;
use crate::domain::mail::html::escape;

/// The question with its choices. Names come from elsewhere, and are escaped. `sign_in` is where she can sign in and come back from.
pub fn page(question: &Question, signed_in: bool, sign_in: &str) -> Answer {
    let identity = &question.proved.identity;
    let provider = escape(&identity.provider_name);
    let label = identity.label().map(|label| format!(" ({})", escape(&label))).unwrap_or_default();
    let email = identity.profile.email.as_ref().map(|email| escape(email.as_str())).unwrap_or_default();
    let button = |action: &str, text: &str| format!(r#"<button name="action" value="{action}">{text}</button>"#);
    let enter = format!(r#"<a href="{}">Sign in to my account</a>"#, escape(sign_in));
    let mut choices = Vec::new();
    let (title, text) = if signed_in {
        choices.push(button("add", "Add"));
        let text = format!("From then on you can sign in with it{label} too.");
        (format!("Add {provider} to your account?"), text)
    } else if question.account_exists {
        choices.push(enter);
        let text = format!(
            "There is one with the address {email}. Sign in to it; then {provider} can be added, and from then on you can sign in with either."
        );
        ("You have an account here already".to_owned(), text)
    } else {
        choices.push(enter);
        if question.may_create {
            choices.push(button("create", "Create a new account"));
        }
        let text = format!(
            "You come from {provider}{label}. If you have an account here, sign in to it first, and {provider} can be added to it."
        );
        ("Do you have an account here?".to_owned(), text)
    };
    choices.push(button("cancel", "Cancel"));
    let form = format!("<form method=\"post\" class=\"choices\">{}</form>", choices.concat());
    Answer::form_page(&title, &format!("<h1>{title}</h1>\n<p>{text}</p>\n{form}\n"))
}
