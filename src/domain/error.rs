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
    Invalid {
        field: String,
        message: String,
        /// What is wrong with other fields, by their names.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        more: Vec<(String, String)>,
    },
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
        Self::Invalid { field: field.into(), message: message.into(), more: Vec::new() }
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
        let Self::Invalid { field, message, more } = self else { return None };
        let others = more.iter().map(|(field, message)| (field, message));
        [(field, message)]
            .into_iter()
            .chain(others)
            .find(|(field, _)| *field == name)
            .map(|(_, message)| message.as_str())
    }

    /// What is to be said of the form as a whole, where each of `fields` shows its own: None if nothing is left.
    pub fn beside(&self, fields: &[&str]) -> Option<String> {
        let Self::Invalid { field, message, more } = self else { return Some(self.to_string()) };
        let others = more.iter().map(|(field, message)| (field, message));
        let all = [(field, message)].into_iter().chain(others);
        let left: Vec<&str> =
            all.filter(|(field, _)| !fields.contains(&field.as_str())).map(|(_, message)| message.as_str()).collect();
        (!left.is_empty()).then(|| left.join(" "))
    }
}

/// Gathers what is wrong with the fields of a form, so that all of it is said at once.
#[derive(Debug, Default)]
pub struct Problems(Option<AppError>);

impl Problems {
    /// The value; or its default, and the error is kept.
    pub fn take<T: Default>(&mut self, read: AppResult<T>) -> T {
        read.unwrap_or_else(|error| {
            self.add(error);
            T::default()
        })
    }

    pub fn add(&mut self, error: AppError) {
        match (&mut self.0, error) {
            (Some(AppError::Invalid { more, .. }), AppError::Invalid { field, message, more: others }) => {
                more.push((field, message));
                more.extend(others);
            }
            (known @ None, error) => *known = Some(error),
            // What is no fault of a field goes before.
            (known, error @ (AppError::Conflict(_) | AppError::Forbidden(_))) => *known = Some(error),
            _ => {}
        }
    }

    /// `value`, if nothing was wrong.
    ///
    /// # Errors
    /// What was.
    pub fn or<T>(self, value: T) -> AppResult<T> {
        self.0.map_or(Ok(value), Err)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_fields_that_are_wrong_are_named() {
        let mut problems = Problems::default();
        assert_eq!(problems.take(Ok(3)), 3);
        let wrong = |field: &str| AppError::invalid(field, format!("{field} is wrong."));
        assert_eq!(problems.take::<u8>(Err(wrong("a"))), 0);
        problems.add(wrong("b"));
        let error = problems.or(()).unwrap_err();
        assert_eq!((error.for_field("a"), error.for_field("b")), (Some("a is wrong."), Some("b is wrong.")));
        assert_eq!(error.for_field("c"), None);
        assert_eq!(error.beside(&["a"]).as_deref(), Some("b is wrong."));
        assert_eq!(error.beside(&[]).as_deref(), Some("a is wrong. b is wrong."));
        assert_eq!(error.beside(&["a", "b"]), None);
        let read: AppError = serde_json::from_str(&serde_json::to_string(&error).unwrap()).unwrap();
        assert_eq!(read, error);
        assert_eq!(Problems::default().or(7), Ok(7));
        assert!(AppError::Unauthorized.beside(&["a"]).is_some());
    }
}
