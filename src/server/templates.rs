//! The templates of a project: what the page shows, and what staff change.

use super::{
    AppState, actions, auth, clock,
    delivery::template::{Compiled, Values},
    language,
    store::{
        connections,
        guard::{Manager, Viewer},
        inert::inert,
        templates,
    },
};
use crate::domain::{
    AppError, AppResult,
    content::Content,
    done::Done,
    message::Channel,
    role::Role,
    template::{DEFAULT, Sample, TemplateQuery, TemplateVersion, TemplatesPage, Wording, first_name},
};

/// Stands in the place of a customer's token, and is as long.
const NO_TOKEN: &str = "your-customer-s-own-link";
/// The customer of a preview where the project has none.
const NOBODY: &str = "Ana Ruiz";
const TOO_LONG: &str = "What you typed is too long to be shown here again: go back in the browser.";

pub async fn page(viewer: &Viewer, query: TemplateQuery) -> AppResult<TemplatesPage> {
    let InForce { wording, number, is_default } = in_force(viewer, query).await?;
    let customer = templates::newest_customer(viewer).await?;
    let entered = if viewer.role >= Role::Manager { auth::take_entered::<Entered>() } else { None };
    Ok(TemplatesPage {
        query,
        is_default,
        language: viewer.language,
        wording,
        number,
        sample: sample(viewer, &auth::state()?, customer),
        history: history(viewer, query).await?,
        entered: entered.filter(|(of, _)| *of == query).map(|(_, wording)| wording),
        version: viewer.version,
    })
}

/// What a form without scripts held that was refused.
type Entered = (TemplateQuery, Wording);

/// In the store, the default has no words: it is what this says in the language that the project has then.
async fn default(viewer: &Viewer, query: TemplateQuery) -> AppResult<Wording> {
    let opt_out = connections::opt_out_of(viewer).await?;
    Ok(language::templates::default(viewer.language, query.template, query.channel, opt_out))
}

struct InForce {
    wording: Wording,
    number: i32,
    is_default: bool,
}

async fn in_force(viewer: &Viewer, query: TemplateQuery) -> AppResult<InForce> {
    let (stored, number) = templates::of(viewer, query).await?.unwrap_or((Wording::default(), DEFAULT));
    let is_default = stored == Wording::default();
    let wording = if is_default { default(viewer, query).await? } else { stored };
    Ok(InForce { wording, number, is_default })
}

async fn history(viewer: &Viewer, query: TemplateQuery) -> AppResult<Vec<TemplateVersion>> {
    let mut versions = templates::history(viewer, query).await?;
    let default = default(viewer, query).await?;
    for version in versions.iter_mut().filter(|version| version.wording == Wording::default()) {
        version.wording.clone_from(&default);
    }
    Ok(versions)
}

/// The newest customer's data.
fn sample(viewer: &Viewer, state: &AppState, customer: Option<(String, Option<String>)>) -> Sample {
    let (customer, location) = customer.unzip();
    let base_url = state.config.base_url.trim_end_matches('/');
    let project = &viewer.project_name;
    Sample {
        first_name: first_name(customer.as_deref().unwrap_or(NOBODY)).to_owned(),
        customer,
        project_name: project.clone(),
        location_name: location.flatten().unwrap_or_else(|| project.clone()),
        review_link: format!("{base_url}/r/{NO_TOKEN}"),
        unsubscribe_link: format!("{base_url}/u/{NO_TOKEN}"),
    }
}

/// What the newest customer would get, with links that lead nowhere.
async fn content(viewer: &Viewer, state: &AppState, query: TemplateQuery, wording: &Wording) -> AppResult<Content> {
    let (customer, location) = templates::newest_customer(viewer).await?.unzip();
    let compiled = Compiled::new(viewer.language, query.template, query.channel, wording)?;
    let content = compiled.render(&Values {
        customer_name: customer.as_deref().unwrap_or(NOBODY),
        project_name: &viewer.project_name,
        location_name: location.flatten().as_deref(),
        base_url: state.config.base_url.trim_end_matches('/'),
        token: NO_TOKEN,
    });
    Ok(inert(content, &[NO_TOKEN.to_owned()]))
}

/// The HTML of the email: of the template in force, or of what somebody types.
///
/// # Errors
/// `Invalid` where `draft` can't be saved.
pub async fn preview(
    viewer: &Viewer,
    state: &AppState,
    query: TemplateQuery,
    draft: Option<Wording>,
) -> AppResult<String> {
    let query = TemplateQuery { channel: Channel::Email, ..query };
    let wording = match draft {
        Some(draft) => draft.checked(query.template, query.channel)?,
        None => in_force(viewer, query).await?.wording,
    };
    Ok(content(viewer, state, query, &wording).await?.html)
}

/// Saves what the form holds. `follows` is the version that it showed.
///
/// # Errors
/// `Invalid` for `subject` or `body`; `Conflict` where somebody saved another version meanwhile.
pub async fn save(manager: &Manager, query: TemplateQuery, wording: &Wording, follows: i32) -> AppResult<Done> {
    let saved = save_checked(manager, query, wording, follows).await;
    saved.map_err(|error| with_kept(error, query, wording))
}

/// Without scripts, what was typed comes back with the page, or by the browser's Back.
fn with_kept(error: AppError, query: TemplateQuery, wording: &Wording) -> AppError {
    if auth::keep_entered(&(query, wording)) {
        return error;
    }
    let sentence = |said: String| format!("{said} {TOO_LONG}");
    match error {
        AppError::Invalid { field, message, .. } => AppError::invalid(&field, sentence(message)),
        AppError::Conflict(said) => AppError::Conflict(sentence(said)),
        error => error,
    }
}

async fn save_checked(manager: &Manager, query: TemplateQuery, wording: &Wording, follows: i32) -> AppResult<Done> {
    let wording = wording.checked(query.template, query.channel)?;
    let before = in_force(manager, query).await?;
    if wording == before.wording && before.number == follows {
        return Ok(Done::new("Nothing was changed: the template says this already."));
    }
    check_way_out(manager, query, &wording).await?;
    // What says the same as the default is the default, and follows the language.
    let is_default = wording == default(manager, query).await?;
    let kept = if is_default { Wording::default() } else { wording };
    templates::save(manager, query, &kept, follows, None, clock::now()).await?;
    Ok(Done::new(format!("{} is saved. It is used for messages that are created from now on.", query.name())))
}

/// # Errors
/// `Invalid` for `body` where an SMS lacks the way out that this project's have to name.
async fn check_way_out(manager: &Manager, query: TemplateQuery, wording: &Wording) -> AppResult<()> {
    if query.channel == Channel::Sms && connections::opt_out_of(manager).await?.is_lacking_in(&wording.body) {
        let sentence =
            "{{unsubscribe_link}} is missing: SMS of this project leave by ClickSend, and nobody here hears of a STOP.";
        return Err(AppError::invalid("body", sentence));
    }
    Ok(())
}

/// Makes an earlier version the one in force; [`DEFAULT`] for the default.
///
/// # Errors
/// `NotFound` for a version that is not kept any more; `Conflict` where it lacks the way out that SMS need now, or where somebody saved another version meanwhile.
pub async fn restore(manager: &Manager, query: TemplateQuery, number: i32, follows: i32) -> AppResult<Done> {
    let (wording, what) = match number {
        DEFAULT => (Wording::default(), "The default".to_owned()),
        number => {
            let history = templates::history(manager, query).await?;
            let version = history.into_iter().find(|version| version.number == number);
            let version = version.ok_or_else(|| AppError::no_such("version of the template"))?;
            if version.wording != Wording::default() {
                let lacking = check_way_out(manager, query, &version.wording).await;
                lacking.map_err(|error| AppError::Conflict(error.to_string()))?;
            }
            (version.wording, format!("Version {number}"))
        }
    };
    templates::save(manager, query, &wording, follows, Some(number), clock::now()).await?;
    Ok(Done::new(format!("{what} is restored. It is used for messages that are created from now on.")))
}

/// Sends what the form holds to the person who asks, as the newest customer would get it. An SMS comes as an email, too.
///
/// # Errors
/// `Invalid` for `subject` or `body`; `TooMany`; `Unavailable` where the mail server does not take it.
pub async fn send_test(manager: &Manager, query: TemplateQuery, wording: &Wording) -> AppResult<Done> {
    let done = send_checked(manager, query, wording).await.map_err(|error| with_kept(error, query, wording))?;
    // The page comes anew, also where it was sent.
    let is_kept = auth::keep_entered(&(query, wording));
    Ok(if is_kept { done } else { Done::new(format!("{} {TOO_LONG}", done.sentence)) })
}

async fn send_checked(manager: &Manager, query: TemplateQuery, wording: &Wording) -> AppResult<Done> {
    let state = auth::state()?;
    let wording = wording.checked(query.template, query.channel)?;
    let Content { subject, text, html } = content(manager, &state, query, &wording).await?;
    let subject = match query.channel {
        Channel::Email => subject,
        Channel::Sms => query.name(),
    };
    state.limits.tests.take(&manager.project.to_string(), clock::now())?;
    actions::send_to_me(manager, Content { subject: format!("Test: {subject}"), text, html }).await?;
    Ok(Done::new(format!("A test is on its way to {}.", manager.user_email)))
}
