//! The error of the whole application: each variant is an HTTP status with a sentence for the person, without internals.

use leptos::prelude::{FromServerFnError, ServerFnErrorErr};
use leptos::server_fn::codec::JsonEncoding;
use serde::{Deserialize, Serialize};

pub type AppResult<T> = Result<T, AppError>;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum AppError {
    /// 401
    #[error("Sign in to continue.")]
    Unauthorized,
    /// 403. The sentence says what the person would need.
    #[error("{0}")]
    Forbidden(String),
    /// 404. Also the answer to ids of another project.
    #[error("{0}")]
    NotFound(String),
    /// 409. The record has changed meanwhile, or its state does not permit the change.
    #[error("{0}")]
    Conflict(String),
    /// 422. `field` is the name of the form control; empty if the error is about the whole form.
    #[error("{message}")]
    Invalid { field: String, message: String },
    /// 429
    #[error("{0}")]
    TooMany(String),
    /// 503. Busy or unreachable; trying again may help.
    #[error("{0}")]
    Unavailable(String),
    /// 500. The log has the cause under this reference.
    #[error("Something went wrong on our side, and nothing was changed. Reference: {0}")]
    Internal(String),
    /// The request did not get through, or its answer could not be read. The cause is for the log, not for the person.
    #[error("The server could not be reached, or its answer could not be read. Check the connection, then try again.")]
    Transport(String),
}

impl AppError {
    pub fn invalid(field: &str, message: impl Into<String>) -> Self {
        Self::Invalid { field: field.into(), message: message.into() }
    }

    pub fn no_such(what: &str) -> Self {
        Self::NotFound(format!("There is no such {what} in this project, or it was deleted."))
    }

    /// The HTTP status code.
    pub fn status(&self) -> u16 {
        match self {
            Self::Unauthorized => 401,
            Self::Forbidden(_) => 403,
            Self::NotFound(_) => 404,
            Self::Conflict(_) => 409,
            Self::Invalid { .. } => 422,
            Self::TooMany(_) => 429,
            Self::Unavailable(_) => 503,
            Self::Internal(_) | Self::Transport(_) => 500,
        }
    }

    /// The message, if it is about this form control.
    pub fn for_field(&self, name: &str) -> Option<&str> {
        match self {
            Self::Invalid { field, message } if field == name => Some(message),
            _ => None,
        }
    }
}

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(e: ServerFnErrorErr) -> Self {
        match e {
            // The sentence of a domain type that could not be parsed.
            ServerFnErrorErr::Args(m) if m.ends_with("Load the page again.") => Self::invalid("", m),
            ServerFnErrorErr::Args(m) | ServerFnErrorErr::MissingArg(m) => {
                Self::invalid("", format!("The form could not be read: {m}."))
            }
            other => Self::Transport(other.to_string()),
        }
    }
}
