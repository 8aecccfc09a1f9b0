//! Signing in by an identity provider (OpenID Connect, authorization code flow with PKCE). It is one factor, as the password is.
//!
//! Nobody gets an account by it: who signs in the first time is known by the email address that the provider has verified, and from
//! then on by the provider's id of them alone, so that an address which is given to somebody else leads to no account.

use super::{Call, next_step, passing::Passing, session, session::Token};
use crate::{
    domain::{AppError, Timestamp, sign_in::ProviderRefusal},
    server::{
        AppState, clock,
        config::Config,
        store::{identities, people},
    },
};
use axum::http::{HeaderMap, request::Parts};
use axum_extra::extract::CookieJar;
use futures::future::BoxFuture;
use openidconnect::{
    AsyncHttpClient, AuthorizationCode, ClientId, ClientSecret, CsrfToken, HttpRequest, HttpResponse, IssuerUrl, Nonce,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, TokenResponse as _,
    core::{CoreAuthenticationFlow, CoreClient, CoreProviderMetadata},
};
use reqwest::{Client, redirect};
use std::{fmt::Display, time::Duration};

/// The cookie that binds a sign-in to its browser.
const COOKIE: &str = "provider-sign-in";
/// How long the person may take at the provider.
const MINUTES: i64 = 10;
/// How long the provider may take for an answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// The most that is read of an answer, in bytes.
const ANSWER_MAX: usize = 256 * 1024;
/// Where the provider sends the browser back to.
pub const BACK_PATH: &str = "/sign-in/provider/back";

/// The settings of the identity provider.
#[derive(Clone)]
pub struct ProviderConfig {
    /// Its address, whose `/.well-known/openid-configuration` says the rest.
    pub issuer: IssuerUrl,
    pub client_id: ClientId,
    pub client_secret: ClientSecret,
    /// What the button calls it.
    pub name: String,
}

impl std::fmt::Debug for ProviderConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Without the secret.
        f.debug_struct("ProviderConfig").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

/// A sign-in under way.
#[derive(Clone)]
struct UnderWay {
    metadata: CoreProviderMetadata,
    nonce: Nonce,
    /// Of PKCE.
    verifier: String,
    next: String,
}

/// The identity provider, where there is one, and the sign-ins under way.
pub struct Provider {
    config: Option<ProviderConfig>,
    wire: Wire,
    under_way: Passing<UnderWay>,
}

impl Provider {
    /// # Errors
    /// A sentence that says why no client can be made.
    pub fn new(config: &Config) -> Result<Self, String> {
        // A second installation in one process changes nothing: the first stays.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().redirect(redirect::Policy::none()).timeout(PATIENCE).build();
        Ok(Self {
            config: config.provider.clone(),
            wire: Wire(client.map_err(|e| format!("The client for the identity provider could not be made: {e}"))?),
            under_way: Passing::for_minutes(MINUTES),
        })
    }

    /// What the button calls it; None where there is no provider.
    pub fn name(&self) -> Option<String> {
        self.config.as_ref().map(|config| config.name.clone())
    }
}

/// How the library asks the provider.
struct Wire(Client);

impl<'c> AsyncHttpClient<'c> for Wire {
    type Error = AskError;
    type Future = BoxFuture<'c, Result<HttpResponse, AskError>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(ask(&self.0, request))
    }
}

async fn ask(client: &Client, request: HttpRequest) -> Result<HttpResponse, AskError> {
    let mut response = client.execute(reqwest::Request::try_from(request)?).await?;
    let mut answer = openidconnect::http::Response::builder().status(response.status());
    for (name, value) in response.headers() {
        answer = answer.header(name, value);
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > ANSWER_MAX {
            return Err(AskError::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(answer.body(body)?)
}

#[derive(Debug)]
enum AskError {
    Http(reqwest::Error),
    Form(openidconnect::http::Error),
    TooLong,
}

impl std::error::Error for AskError {}

impl Display for AskError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Http(error) => write!(f, "{error}"),
            Self::Form(error) => write!(f, "{error}"),
            Self::TooLong => write!(f, "The answer has more than {ANSWER_MAX} bytes."),
        }
    }
}

impl From<reqwest::Error> for AskError {
    fn from(error: reqwest::Error) -> Self {
        Self::Http(error)
    }
}

impl From<openidconnect::http::Error> for AskError {
    fn from(error: openidconnect::http::Error) -> Self {
        Self::Form(error)
    }
}

/// Where a browser is led, with the headers of the answer: cookies.
pub struct Led {
    pub to: String,
    pub headers: HeaderMap,
}

/// Begins to sign in, and leads to the provider; back to the sign-in page, with the reason, where that can't be. None where this
/// server has no provider.
pub async fn begin(state: &AppState, parts: Parts, next: &str) -> Option<Led> {
    let config = state.provider.config.as_ref()?;
    let call = Call { state: state.clone(), parts, answer: leptos_axum::ResponseOptions::default() };
    let to = try_begin(&call, config, next).await;
    Some(led(&call, to, next))
}

async fn try_begin(call: &Call, config: &ProviderConfig, next: &str) -> Result<String, ProviderRefusal> {
    let provider = &call.state.provider;
    call.state.limits.public.take(&call.network(), clock::now()).map_err(|_| ProviderRefusal::TooMany)?;
    let metadata =
        CoreProviderMetadata::discover_async(config.issuer.clone(), &provider.wire).await.map_err(unreachable)?;
    let client = CoreClient::from_provider_metadata(
        metadata.clone(),
        config.client_id.clone(),
        Some(config.client_secret.clone()),
    )
    .set_redirect_uri(back(&call.state.config)?);
    let token = Token::new().map_err(unreachable)?;
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    // The state is what the cookie holds: an answer that another browser was given is none of this one's.
    let (state, nonce) = (CsrfToken::new(token.as_str().to_owned()), Nonce::new_random());
    let asked = nonce.clone();
    let (address, ..) = client
        .authorize_url(CoreAuthenticationFlow::AuthorizationCode, || state, || asked)
        .add_scope(Scope::new("email".into()))
        .set_pkce_challenge(challenge)
        .url();
    let next = session::safe_next(next).unwrap_or_default().to_owned();
    let under_way = UnderWay { metadata, nonce, verifier: verifier.into_secret(), next };
    provider.under_way.put(token.hash(), under_way, clock::now());
    call.set_cookie(COOKIE, token.as_str(), MINUTES * 60);
    Ok(address.into())
}

fn back(config: &Config) -> Result<RedirectUrl, ProviderRefusal> {
    RedirectUrl::new(format!("{}{BACK_PATH}", config.base_url)).map_err(unreachable)
}

/// Ends what [`begin`] began: the provider has sent the browser back with a `code` for `state`. Leads into a session, to the page that
/// asks for a code of two-factor sign-in, or to the sign-in page with the reason. None where this server has no provider.
pub async fn finish(state: &AppState, parts: Parts, code: &str, of: &str) -> Option<Led> {
    let config = state.provider.config.as_ref()?;
    let call = Call { state: state.clone(), parts, answer: leptos_axum::ResponseOptions::default() };
    let now = clock::now();
    let under_way = take(&call, of, now);
    let next = under_way.as_ref().map(|under_way| under_way.next.clone()).unwrap_or_default();
    let to = match under_way {
        Some(_) if code.is_empty() => Err(ProviderRefusal::Declined),
        Some(under_way) => try_finish(&call, config, code, under_way, now).await,
        None => Err(ProviderRefusal::Late),
    };
    Some(led(&call, to, &next))
}

/// The sign-in of this browser; it is taken once.
fn take(call: &Call, state: &str, now: Timestamp) -> Option<UnderWay> {
    let name = session::cookie_name(&call.state.config, COOKIE);
    let jar = CookieJar::from_headers(&call.parts.headers);
    let token = Token::parse(jar.get(&name)?.value()).filter(|token| token.as_str() == state)?;
    call.set_cookie(COOKIE, "", 0);
    call.state.provider.under_way.take(&token.hash(), now)
}

async fn try_finish(
    call: &Call,
    config: &ProviderConfig,
    code: &str,
    under_way: UnderWay,
    now: Timestamp,
) -> Result<String, ProviderRefusal> {
    let AppState { db, provider, .. } = &call.state;
    let UnderWay { metadata, nonce, verifier, next } = under_way;
    let issuer = metadata.issuer().to_string();
    let secret = Some(config.client_secret.clone());
    let client = CoreClient::from_provider_metadata(metadata, config.client_id.clone(), secret)
        .set_redirect_uri(back(&call.state.config)?);
    let request = client.exchange_code(AuthorizationCode::new(code.to_owned())).map_err(unreachable)?;
    let request = request.set_pkce_verifier(PkceCodeVerifier::new(verifier));
    let tokens = request.request_async(&provider.wire).await.map_err(unreachable)?;
    let id_token = tokens.id_token().ok_or_else(|| unreachable("The answer has no ID token."))?;
    let claims = id_token.claims(&client.id_token_verifier(), &nonce).map_err(unreachable)?;
    let subject = claims.subject().as_str();
    let broken = |error: AppError| unreachable(error);
    let person = match identities::person(db, &issuer, subject).await.map_err(broken)? {
        Some(person) => person,
        None => {
            let email = claims.email().filter(|_| claims.email_verified() == Some(true));
            let email = email.ok_or(ProviderRefusal::Unverified)?.as_str().trim().to_lowercase();
            let person = people::by_email(db, &email).await.map_err(broken)?.ok_or(ProviderRefusal::Unknown)?;
            if !identities::add(db, &issuer, subject, person.id, now).await.map_err(broken)? {
                return Err(ProviderRefusal::SomebodyElse);
            }
            person.id
        }
    };
    let person = people::by_id(db, person).await.map_err(broken)?.ok_or(ProviderRefusal::Unknown)?;
    next_step(call, &person, &next, now).await.map_err(|error| match error {
        AppError::Invalid { .. } => ProviderRefusal::Changed,
        error => unreachable(error),
    })
}

/// Writes down what went wrong, for whoever runs the server.
fn unreachable(error: impl Display) -> ProviderRefusal {
    tracing::warn!(%error, "signing in by the identity provider failed");
    ProviderRefusal::Unreachable
}

fn led(call: &Call, to: Result<String, ProviderRefusal>, next: &str) -> Led {
    let to = to.unwrap_or_else(|refusal| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("refused", refusal.slug());
        if let Some(next) = session::safe_next(next).filter(|next| !next.is_empty()) {
            query.append_pair("next", next);
        }
        format!("/sign-in?{}", query.finish())
    });
    let headers = call.answer.0.read().map(|answer| answer.headers.clone()).unwrap_or_default();
    Led { to, headers }
}
