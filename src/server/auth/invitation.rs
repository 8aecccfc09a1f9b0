//! Joining a project by the link of an invitation. Looking at the link changes nothing: only its button uses it up.

use super::{Call, enter, password, session::Token, status};
use crate::{
    domain::{
        AppError, AppResult,
        error::Problems,
        member::{InvitationPage, parse_person_name},
        refusal::Refusal,
    },
    server::{
        clock,
        peer::peer,
        store::{
            members::invitations::{self, Found},
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

/// Joins. Somebody new gives a name and a password, and is signed in. Whoever is known already joins without them, and signs in
/// as always: the link proves nothing about who follows it.
///
/// # Errors
/// `NotFound` as [`open`]; `Invalid` for `name` or `password`.
pub async fn accept(token: &str, name: &str, password: &str) -> AppResult<()> {
    let call = Call::current()?;
    let (found, token) = find(&call, token).await?;
    let new = match found.person {
        Some(_) => None,
        None => {
            let mut problems = Problems::default();
            let name = problems.take(parse_person_name(name));
            problems.take(password::check(password));
            Some((problems.or(name)?, password::hash(password.to_owned()).await?))
        }
    };
    let (db, now) = (&call.state.db, clock::now());
    let new = new.as_ref().map(|(name, hash)| (name.as_str(), hash.as_str()));
    let (person, is_new) = invitations::accept(db, &found, &token.hash(), new, now).await?;
    let page = format!("/projects/{}/messages", found.slug);
    if is_new {
        let person = people::by_id(db, person).await?.ok_or(AppError::Unauthorized)?;
        return enter(&call, &person, &page, now).await;
    }
    let here = match Token::of(&call.state.config, &call.parts.headers) {
        Some(session) => people::of_session(db, &session.hash(), now).await?,
        None => None,
    };
    if here == Some(person) {
        leptos_axum::redirect(&page);
    } else {
        let query = form_urlencoded::Serializer::new(String::new()).append_pair("next", &page).finish();
        leptos_axum::redirect(&format!("/sign-in?{query}"));
    }
    Ok(())
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
