//! What the customers' pages say, in the language of their project and with names filled in. The server writes it
//! (`server/language`), so that the pages look nothing up.

/// The form of a review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormWords {
    pub title: String,
    pub heading: String,
    /// None where the customer's name is not known.
    pub greeting: Option<String>,
    pub introduction: String,
    pub rating: String,
    /// One to five stars with their meaning, `1 star, Poor`.
    pub stars: [String; 5],
    /// The meaning of one star, and of five.
    pub ends: [String; 2],
    pub text: String,
    pub send: String,
}

/// What stands there once a review was left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AfterWords {
    pub title: String,
    pub heading: String,
    /// `4 of 5 stars`
    pub stars: String,
    pub words: String,
    /// Stands above the review sites.
    pub sites: String,
    /// What a link to one of them does beside its name.
    pub new_tab: String,
    pub close: Option<String>,
}

/// A page that only says something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeWords {
    pub title: String,
    pub heading: String,
    pub sentence: String,
    /// Small, at the end.
    pub last: Option<String>,
}

/// The page that asks before it unsubscribes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnsubscribeWords {
    pub title: String,
    pub heading: String,
    pub sentence: String,
    pub button: String,
}
