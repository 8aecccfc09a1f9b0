//! Joining a project by the link of an invitation. Looking at the link changes nothing: only its button uses it up.

use super::{Call, enter, password, session::Token, status};
use crate::{
    domain::{
        AppError, AppResult,
        done::Done,
        error::Problems,
        member::{InvitationPage, parse_person_name},
        refusal::Refusal,
    },
    server::{
        clock,
        peer::peer,
        store::{
            members::invitations::{self, Found, Joining},
            people,
        },
    },
};

/// What the invitation of a token is for.
///
/// # Errors
/// `NotFound` where it was used or withdrawn, or is too old; `TooMany` for who guesses. While a page is rendered, the page takes
/// the error's status.
pub async fn open(token: &str) -> AppResult<InvitationPage> {
    let call = Call::current()?;
    let found = find(&call, token).await;
    if let Err(error) = &found
        && call.is_page()
    {
        call.answer.set_status(status(error));
    }
    let (found, _) = found?;
    Ok(InvitationPage {
        project_name: found.project_name,
        email: found.email,
        role: found.role,
        invited_by: found.invited_by,
        is_known: found.person.is_some(),
    })
}

/// Whoever guesses is slowed down; a link that is good costs nothing.
async fn find(call: &Call, token: &str) -> AppResult<(Found, Token)> {
    let (state, now) = (&call.state, clock::now());
    let network = peer(&call.parts.headers, &call.parts.extensions, &state.config.trusted_proxies);
    state.limits.public.take(&network, now)?;
    let token = Token::parse(token).ok_or(Refusal::InvitationSpent)?;
    let found = invitations::find(&state.db, &token.hash(), now).await?.ok_or(Refusal::InvitationSpent)?;
    state.limits.public.give_back(&network);
    Ok((found, token))
}

/// Joins. Somebody new gives a name and a password, and is signed in. Whoever has an account signs in first, and comes back: the link
/// proves nothing about who follows it, nor about who made the account.
///
/// # Errors
/// `NotFound` as [`open`]; `Invalid` for `name` or `password`; `Conflict` where who has the address changed meanwhile.
pub async fn accept(token: &str, name: &str, password: &str) -> AppResult<Done> {
    let call = Call::current()?;
    let (found, token) = find(&call, token).await?;
    let (db, now) = (&call.state.db, clock::now());
    let page = format!("/projects/{}/messages", found.slug);
    if let Some(person) = found.person {
        let here = match Token::of(&call.state.config, &call.parts.headers) {
            Some(session) => people::of_session(db, &session.hash(), now).await?,
            None => None,
        };
        if here != Some(person) {
            let back = format!("/invitation?token={}", token.as_str());
            let query = form_urlencoded::Serializer::new(String::new()).append_pair("next", &back).finish();
            leptos_axum::redirect(&format!("/sign-in?{query}"));
            return Ok(Done::new("Sign in first."));
        }
        invitations::accept(db, &found, &token.hash(), Joining::Known(person), now).await?;
        leptos_axum::redirect(&page);
        return Ok(joined());
    }
    let mut problems = Problems::default();
    let name = problems.take(parse_person_name(name));
    problems.take(password::check(password));
    let (name, hash) = (problems.or(name)?, password::hash(password.to_owned()).await?);
    let joining = Joining::New { name: &name, hash: &hash };
    let person = invitations::accept(db, &found, &token.hash(), joining, now).await?;
    let person = people::by_id(db, person).await?.ok_or(AppError::Unauthorized)?;
    enter(&call, &person, &page, now).await?;
    Ok(joined())
}

fn joined() -> Done {
    Done::new("You have joined.")
}

/// A token for a link, and the address of the link.
///
/// # Errors
/// `Unavailable` where the system has no randomness to give.
pub fn new_link(base_url: &str) -> Result<(Token, String), AppError> {
    let token = Token::new()?;
    let link = format!("{}/invitation?token={}", base_url.trim_end_matches('/'), token.as_str());
    Ok((token, link))
}
