//! The one error of this crate.

/// A body could not be read as the object its record announces.
///
/// The text names the object and the place, never the content: bodies are private.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// Not JSON, or a field has another type than the schema says.
    #[error("the body cannot be read as {what} (line {line}, column {column})")]
    Body {
        /// What was expected, for example `message`.
        what: &'static str,
        /// Line of the body, from 1.
        line: usize,
        /// Column of the body, from 1.
        column: usize,
    },
    /// The body is an object, but of a constructor that is no `what`.
    #[error("`{constructor}` is not a known {what}")]
    Constructor {
        /// What was expected.
        what: &'static str,
        /// The constructor found (shortened).
        constructor: String,
    },
    /// A field without which the object means nothing is absent or out of range.
    #[error("the {what} has no usable `{field}`")]
    Field {
        /// The object.
        what: &'static str,
        /// Its field.
        field: &'static str,
    },
}

impl ModelError {
    pub(crate) fn body(what: &'static str, error: &serde_json::Error) -> Self {
        Self::Body {
            what,
            line: error.line(),
            column: error.column(),
        }
    }

    pub(crate) fn constructor(what: &'static str, name: &str) -> Self {
        Self::Constructor {
            what,
            constructor: name.chars().take(60).collect(),
        }
    }
}
