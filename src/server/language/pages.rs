//! What the customers' pages say.

use super::{plain, say};
use crate::domain::{
    AppError,
    contact::TEXT_MAX,
    language::Language,
    public_words::{AfterWords, FormWords, NoticeWords, UnsubscribeWords},
    review::{Invitation, Rating},
    review_page::ReviewPage,
};

/// What each number of stars means, from one to five.
const MEANINGS: [&str; 5] = ["rating-1", "rating-2", "rating-3", "rating-4", "rating-5"];

fn title(language: Language, invitation: &Invitation) -> String {
    say(language, "review-title", &[("project", (&*invitation.project_name).into())])
}

pub fn form(language: Language, invitation: &Invitation, page: &ReviewPage) -> FormWords {
    let Invitation { project_name, location_name, first_name, .. } = invitation;
    let place = match location_name {
        Some(location) => format!("{project_name}, {location}"),
        None => project_name.clone(),
    };
    let meanings = MEANINGS.map(|id| plain(language, id));
    let star =
        |n: usize| say(language, "review-star", &[("number", (n + 1).into()), ("meaning", (&*meanings[n]).into())]);
    FormWords {
        title: title(language, invitation),
        heading: say(language, "review-heading", &[("place", place.into())]),
        greeting: (!first_name.is_empty())
            .then(|| say(language, "review-greeting", &[("name", (&**first_name).into())])),
        introduction: match page.introduction.as_str() {
            "" => plain(language, "review-introduction"),
            words => words.to_owned(),
        },
        rating: plain(language, "review-rating"),
        stars: std::array::from_fn(star),
        ends: [meanings[0].clone(), meanings[4].clone()],
        text: plain(language, "review-text"),
        send: plain(language, "review-send"),
    }
}

/// Why a rating is refused.
pub fn wrong_rating(language: Language) -> String {
    plain(language, "wrong-rating")
}

/// Why the text of a review is refused.
pub fn wrong_text(language: Language, text: &str) -> String {
    match text.trim().chars().count() {
        length if length > TEXT_MAX => {
            say(language, "wrong-text-length", &[("length", length.into()), ("most", TEXT_MAX.into())])
        }
        _ => plain(language, "wrong-text"),
    }
}

/// After a review was sent.
pub fn thanks(language: Language, invitation: &Invitation, page: &ReviewPage, rating: Rating) -> AfterWords {
    let default = match rating.stars() {
        4.. => "thanks-good",
        3 => "thanks-fair",
        _ => "thanks-poor",
    };
    let heading = match invitation.first_name.as_str() {
        "" => plain(language, "thanks-heading"),
        name => say(language, "thanks-heading-name", &[("name", name.into())]),
    };
    AfterWords {
        title: plain(language, "thanks-heading"),
        words: match page.thanks.as_str() {
            "" => say(language, default, &[("project", (&*invitation.project_name).into())]),
            words => words.to_owned(),
        },
        close: Some(plain(language, "close")),
        heading,
        ..left(language, invitation, rating)
    }
}

/// For who comes again after a review.
pub fn left(language: Language, invitation: &Invitation, rating: Rating) -> AfterWords {
    AfterWords {
        title: title(language, invitation),
        heading: plain(language, "left-heading"),
        stars: say(language, "stars", &[("number", rating.stars().into())]),
        words: say(language, "left-sentence", &[("project", (&*invitation.project_name).into())]),
        sites: plain(language, "sites-heading"),
        new_tab: plain(language, "new-tab"),
        close: None,
    }
}

/// For a link that has worked for as long as the project wants it to.
pub fn expired(language: Language, project_name: &str) -> NoticeWords {
    let heading = plain(language, "expired-heading");
    let sentence = say(language, "expired-sentence", &[("project", project_name.into())]);
    NoticeWords { title: heading.clone(), heading, sentence, last: None }
}

/// In the place of a page that can't be shown: because its link is mistyped or cut off, its message was deleted, or something went wrong.
pub fn instead(language: Language, error: &AppError) -> NoticeWords {
    let (heading, sentence) = match error {
        AppError::NotFound(_) => ("lost-heading", "lost-sentence"),
        AppError::TooMany(_) => ("many-heading", "many-sentence"),
        _ => ("trouble-heading", "trouble-sentence"),
    };
    let reference = match error {
        AppError::Internal(reference) => {
            Some(say(language, "trouble-reference", &[("reference", (&**reference).into())]))
        }
        _ => None,
    };
    let heading = plain(language, heading);
    NoticeWords { title: heading.clone(), heading, sentence: plain(language, sentence), last: reference }
}

pub fn unsubscribe(language: Language, project_name: &str) -> UnsubscribeWords {
    let heading = plain(language, "unsubscribe-heading");
    UnsubscribeWords {
        title: heading.clone(),
        heading,
        sentence: say(language, "unsubscribe-sentence", &[("project", project_name.into())]),
        button: plain(language, "unsubscribe-button"),
    }
}

pub fn unsubscribed(language: Language, project_name: &str) -> NoticeWords {
    NoticeWords {
        title: plain(language, "unsubscribe-heading"),
        heading: plain(language, "unsubscribed-heading"),
        sentence: say(language, "unsubscribed-sentence", &[("project", project_name.into())]),
        last: Some(plain(language, "close")),
    }
}
