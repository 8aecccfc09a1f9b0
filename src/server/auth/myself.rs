//! A person who asks about their own account, in a project or in none.

use super::{Call, answer, session::Token, viewer};
use crate::{
    domain::{AppError, AppResult, LocalTime, Timestamp, UserId, done::Done},
    server::{
        clock,
        store::{guard::Viewer, people},
    },
};
use chrono::NaiveDate;
use chrono_tz::Tz;

/// Whoever has a session may look at and change what is theirs alone.
pub struct Myself {
    pub user: UserId,
    /// The project in whose frame the page is; None outside of all.
    viewer: Option<Viewer>,
}

/// The person of the session, in the project with this slug, or with an empty one outside of all.
///
/// # Errors
/// `Unauthorized` without a session; as [`viewer`] for a project.
pub async fn myself(slug: &str) -> AppResult<Myself> {
    if !slug.is_empty() {
        let viewer = viewer(slug).await?;
        let user = viewer.user.ok_or(AppError::Unauthorized)?;
        return Ok(Myself { user, viewer: Some(viewer) });
    }
    let call = Call::current()?;
    let token = Token::of(&call.state.config, &call.parts.headers).ok_or(AppError::Unauthorized)?;
    let user = people::of_session(&call.state.db, &token.hash(), clock::now()).await?;
    Ok(Myself { user: user.ok_or(AppError::Unauthorized)?, viewer: None })
}

impl Myself {
    /// In the project's time zone; in UTC outside of all.
    pub fn local(&self, at: Timestamp) -> LocalTime {
        self.viewer.as_ref().map_or_else(|| at.local(&Tz::UTC), |viewer| viewer.local(at))
    }

    pub fn today(&self, now: Timestamp) -> NaiveDate {
        self.local(now).date()
    }

    /// The project's version; 0 outside of all.
    pub fn version(&self) -> i64 {
        self.viewer.as_ref().map_or(0, |viewer| viewer.version)
    }

    /// In the project in whose frame the page is.
    pub fn viewer(&self) -> Option<&Viewer> {
        self.viewer.as_ref()
    }

    pub fn is_in_a_project(&self) -> bool {
        self.viewer.is_some()
    }

    /// The answer of an action, as [`answer`].
    ///
    /// # Errors
    /// Those of `result`.
    pub async fn answer(&self, result: AppResult<Done>) -> AppResult<Done> {
        match &self.viewer {
            Some(viewer) => answer(viewer, result).await,
            None => {
                let done = result?;
                Call::current()?.leave_notice(&done);
                Ok(done)
            }
        }
    }
}
