//! What is told of an endpoint, and nobody asks for while requests are answered. The document is written from it natively
//! (`super::super::openapi`); the Wasm carries its text, and nothing of this.

#[cfg(feature = "schema")]
pub use told::Description;
#[cfg(not(feature = "schema"))]
pub use untold::Description;

#[cfg(feature = "schema")]
mod told {
    use crate::error::Code;

    /// What is told of an endpoint.
    #[derive(Debug)]
    pub struct Description {
        /// What it does, in a sentence.
        pub summary: &'static str,
        /// Those query parameters that may come more than once.
        pub repeated: &'static [&'static str],
        /// The schema of its body, if it takes one.
        pub body: Option<&'static str>,
        /// Whether it can do without.
        pub body_optional: bool,
        /// The fields of the form that it also takes, from a page of ours or a provider: then it answers with a redirect.
        pub form: &'static [&'static str],
        /// The status of its answer.
        pub status: u16,
        /// The schema of its answer, if it has one.
        pub answer: Option<&'static str>,
        /// Whether its answer is a page for who prefers one.
        pub page: bool,
        /// The codes of its own. Those that follow from the rest are in [`super::super::Endpoint::all_codes`].
        pub codes: &'static [Code],
    }

    impl Description {
        pub const fn new(summary: &'static str) -> Self {
            let (body, answer) = (None, None);
            Self {
                summary,
                repeated: &[],
                body,
                body_optional: false,
                form: &[],
                status: 200,
                answer,
                page: false,
                codes: &[],
            }
        }

        pub const fn repeats(self, repeated: &'static [&'static str]) -> Self {
            Self { repeated, ..self }
        }

        pub const fn takes(self, body: &'static str, optional: bool) -> Self {
            Self { body: Some(body), body_optional: optional, ..self }
        }

        pub const fn form(self, form: &'static [&'static str]) -> Self {
            Self { form, ..self }
        }

        pub const fn answers(self, answer: &'static str) -> Self {
            Self { answer: Some(answer), ..self }
        }

        pub const fn page(self) -> Self {
            Self { page: true, ..self }
        }

        pub const fn status(self, status: u16) -> Self {
            Self { status, ..self }
        }

        pub const fn fails(self, codes: &'static [Code]) -> Self {
            Self { codes, ..self }
        }
    }
}

#[cfg(not(feature = "schema"))]
mod untold {
    use crate::error::Code;

    /// Nothing is told of an endpoint.
    #[derive(Debug)]
    pub struct Description;

    impl Description {
        pub const fn new(_: &'static str) -> Self {
            Self
        }

        pub const fn repeats(self, _: &'static [&'static str]) -> Self {
            self
        }

        pub const fn takes(self, _: &'static str, _: bool) -> Self {
            self
        }

        pub const fn form(self, _: &'static [&'static str]) -> Self {
            self
        }

        pub const fn answers(self, _: &'static str) -> Self {
            self
        }

        pub const fn page(self) -> Self {
            self
        }

        pub const fn status(self, _: u16) -> Self {
            self
        }

        pub const fn fails(self, _: &'static [Code]) -> Self {
            self
        }
    }
}
