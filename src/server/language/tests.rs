use super::*;
use crate::domain::{
    AppError,
    message::outside_gsm,
    review::{Invitation, Rating},
    review_page::ReviewPage,
};
use std::collections::{BTreeMap, BTreeSet};

/// The messages of a file: their source by their names.
fn messages(language: Language) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut current = String::new();
    for line in source(language).lines() {
        let begins = line.split_once(" =").filter(|(id, _)| {
            !id.is_empty() && id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        });
        if let Some((id, rest)) = begins {
            current = id.to_owned();
            assert!(found.insert(current.clone(), rest.to_owned()).is_none(), "{current} stands there twice");
        } else if line.starts_with('#') {
            current.clear();
        } else if let Some(message) = found.get_mut(&current) {
            message.push('\n');
            message.push_str(line);
        }
    }
    found
}

fn variables(message: &str) -> BTreeSet<&str> {
    message
        .split('$')
        .skip(1)
        .filter_map(|rest| rest.split(|c: char| !c.is_ascii_alphabetic() && c != '_').next())
        .collect()
}

#[test]
fn each_file_is_read_without_faults() {
    for language in Language::ALL {
        let read = FluentResource::try_new(source(language).to_owned());
        assert!(read.is_ok(), "{}: {:?}", language.tag(), read.err().map(|(_, faults)| faults));
        for (id, message) in messages(language) {
            let bundle = &BUNDLES[language as usize];
            assert!(bundle.get_message(&id).is_some_and(|read| read.value().is_some()), "{id}: {message}");
        }
    }
}

#[test]
fn each_language_has_the_same_messages_with_the_same_variables() {
    let english = messages(Language::English);
    for language in Language::ALL {
        let other = messages(language);
        let ids = |messages: &BTreeMap<String, String>| messages.keys().cloned().collect::<Vec<_>>();
        assert_eq!(ids(&english), ids(&other), "{}", language.tag());
        for (id, message) in &english {
            assert_eq!(variables(message), variables(&other[id]), "{}: {id}", language.tag());
            let is_same = message == &other[id] && language != Language::English;
            assert!(!is_same || id.starts_with("rating-"), "{}: {id} is not translated", language.tag());
        }
    }
}

#[test]
fn every_message_is_used() {
    let used = [include_str!("../language.rs"), include_str!("pages.rs"), include_str!("templates.rs")].concat();
    for id in messages(Language::English).keys() {
        assert!(used.contains(&format!("\"{id}\"")), "{id} is not used");
    }
}

/// Filled in without a fault, which `say` asserts.
#[test]
fn everything_can_be_said_in_each_language() {
    let page = ReviewPage::default();
    for language in Language::ALL {
        for (first_name, location_name) in [("Ana", None), ("", Some("Old Port".to_owned()))] {
            let invitation = Invitation {
                project_name: "Cup & Saucer".into(),
                location_name,
                first_name: first_name.into(),
                left: None,
            };
            let form = pages::form(language, &invitation, &page);
            assert!(form.heading.contains("Cup & Saucer") && form.stars[0].starts_with("1 "), "{form:?}");
            assert_eq!(form.greeting.is_some(), !first_name.is_empty());
            for n in 1..=5 {
                let rating = Rating::new(n).unwrap();
                let thanks = pages::thanks(language, &invitation, &page, rating);
                assert!(thanks.words.contains("Cup & Saucer") && thanks.stars.contains(&n.to_string()), "{thanks:?}");
                assert!(pages::left(language, &invitation, rating).words.contains("Cup & Saucer"));
            }
        }
        let said = [
            pages::expired(language, "Cup").sentence,
            pages::unsubscribe(language, "Cup").sentence,
            pages::unsubscribed(language, "Cup").sentence,
            pages::wrong_text(language, &"x".repeat(4_001)),
        ];
        assert!(said[..3].iter().all(|said| said.contains("Cup")) && said[3].contains("4001"), "{said:?}");
        assert_ne!(pages::wrong_text(language, "x\u{0}"), said[3]);
        let instead = |error| pages::instead(language, &error);
        assert!(instead(AppError::Internal("ab12".into())).last.is_some_and(|last| last.contains("ab12")));
        assert_ne!(instead(AppError::TooMany(String::new())), instead(AppError::no_such("message")));
        assert!(!pages::wrong_rating(language).is_empty());
    }
}

#[test]
fn words_of_the_project_stay_as_they_are() {
    let invitation =
        Invitation { project_name: "Cup".into(), location_name: None, first_name: "Ana".into(), left: None };
    let page = ReviewPage { introduction: "Moin!".into(), thanks: "Tschüs { $name }".into(), ..ReviewPage::default() };
    for language in Language::ALL {
        assert_eq!(pages::form(language, &invitation, &page).introduction, "Moin!");
        let thanks = pages::thanks(language, &invitation, &page, Rating::new(1).unwrap());
        assert_eq!(thanks.words, "Tschüs { $name }");
    }
}

#[test]
fn answers_to_an_sms_are_short_and_name_the_words_that_the_law_knows() {
    for language in Language::ALL {
        for (word, names) in [(Keyword::Stop, "START"), (Keyword::Start, "STOP"), (Keyword::Help, "STOP")] {
            let answer = sms_answer(language, word, "Cup & Saucer");
            assert!(answer.starts_with("Cup & Saucer") && answer.contains(names), "{answer}");
            assert_eq!(outside_gsm(&answer), None, "{answer}");
            assert!(answer.chars().count() <= 306, "two parts at most: {answer}");
        }
    }
}

#[test]
fn french_signs_do_not_stand_alone_on_a_line() {
    for (id, message) in messages(Language::French) {
        if id.ends_with("-sms") || id.starts_with("sms-") {
            assert!(!message.contains('\u{a0}'), "{id}: {message}");
        } else {
            assert!([" ?", " !", " :", " ;", "'"].iter().all(|sign| !message.contains(sign)), "{id}: {message}");
        }
    }
}
