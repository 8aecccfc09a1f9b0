//! What customers read, in the language of their project: the messages of the files `language/*.ftl` (Project Fluent), which are
//! compiled in.

pub mod pages;
pub mod templates;

use crate::domain::{feedback::Keyword, language::Language};
use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use std::sync::LazyLock;

type Bundle = FluentBundle<FluentResource>;

/// In the order of [`Language::ALL`].
static BUNDLES: LazyLock<[Bundle; 4]> = LazyLock::new(|| Language::ALL.map(bundle));

fn source(language: Language) -> &'static str {
    match language {
        Language::English => include_str!("language/en.ftl"),
        Language::German => include_str!("language/de.ftl"),
        Language::French => include_str!("language/fr.ftl"),
        Language::Spanish => include_str!("language/es.ftl"),
    }
}

fn bundle(language: Language) -> Bundle {
    // A test sees that the files have no faults; one would leave out its message.
    let resource = FluentResource::try_new(source(language).to_owned()).unwrap_or_else(|(resource, _)| resource);
    let mut bundle = FluentBundle::new_concurrent(vec![language.tag().parse().unwrap_or_default()]);
    // The marks around values are for text in both directions of writing; in an SMS they would cost.
    bundle.set_use_isolating(false);
    bundle.add_resource_overriding(resource);
    bundle
}

/// A value of a message, by the name of its variable.
type Value<'a> = (&'static str, FluentValue<'a>);

/// The message `id` with its values filled in.
fn say(language: Language, id: &'static str, values: &[Value]) -> String {
    let bundle = &BUNDLES[language as usize];
    let Some(pattern) = bundle.get_message(id).and_then(|message| message.value()) else {
        tracing::error!(id, language = language.tag(), "a message is missing");
        return id.to_owned();
    };
    let values: FluentArgs = values.iter().cloned().collect();
    let mut faults = Vec::new();
    let said = bundle.format_pattern(pattern, Some(&values), &mut faults).into_owned();
    debug_assert!(faults.is_empty(), "{id}: {faults:?}");
    said
}

fn plain(language: Language, id: &'static str) -> String {
    say(language, id, &[])
}

/// What is answered to a customer's SMS.
pub fn sms_answer(language: Language, word: Keyword, project_name: &str) -> String {
    let id = match word {
        Keyword::Stop => "sms-stop",
        Keyword::Start => "sms-start",
        Keyword::Help => "sms-help",
    };
    say(language, id, &[("project", project_name.into())])
}

#[cfg(test)]
mod tests;
