//! What an SMS asks for: the words that carriers, Twilio, Amazon and the FCC name, alone or in a sentence that says no more.

use crate::{domain::feedback::Keyword, server::store::search::normalized};

const STOP: [&str; 20] = [
    "stop",
    "stopall",
    "unsubscribe",
    "end",
    "quit",
    "cancel",
    "revoke",
    "optout",
    "remove",
    "arret",
    "arreter",
    "td",
    // What people answer in German, French and Spanish beside them.
    "stopp",
    "abmelden",
    "abbestellen",
    "desabonner",
    "desabonnement",
    "desinscrire",
    "baja",
    "parar",
];
const START: [&str; 2] = ["start", "unstop"];
const HELP: [&str; 5] = ["help", "info", "aide", "hilfe", "ayuda"];

/// What people say around such a word without meaning anything else.
const AROUND: [&str; 67] = [
    "a",
    "all",
    "any",
    "anymore",
    "bitte",
    "calling",
    "contact",
    "contacting",
    "continue",
    "danke",
    "darme",
    "de",
    "es",
    "favor",
    "from",
    "gracias",
    "hello",
    "hey",
    "hi",
    "i",
    "il",
    "immediately",
    "it",
    "like",
    "list",
    "me",
    "merci",
    "message",
    "messages",
    "messaging",
    "more",
    "msg",
    "msgs",
    "my",
    "name",
    "now",
    "number",
    "of",
    "ok",
    "okay",
    "phone",
    "plait",
    "please",
    "pls",
    "plz",
    "por",
    "s",
    "se",
    "send",
    "sending",
    "sms",
    "subscription",
    "svp",
    "te",
    "text",
    "texting",
    "texts",
    "thank",
    "thanks",
    "the",
    "these",
    "this",
    "to",
    "u",
    "vous",
    "you",
    "your",
];

/// Longer texts are for people to read.
const WORDS_MAX: usize = 12;

/// None for any other text.
pub fn of(text: &str) -> Option<Keyword> {
    let words = words(text);
    if words.is_empty() || words.len() > WORDS_MAX {
        return None;
    }
    let is_only = |keywords: &[&str]| {
        let (asked, other): (Vec<&str>, Vec<&str>) =
            words.iter().map(String::as_str).partition(|word| keywords.contains(word));
        !asked.is_empty() && other.iter().all(|word| AROUND.contains(word))
    };
    if is_only(&STOP) {
        Some(Keyword::Stop)
    } else if is_only(&START) {
        Some(Keyword::Start)
    } else if is_only(&HELP) {
        Some(Keyword::Help)
    } else {
        None
    }
}

/// In lower case, without accents and punctuation.
fn words(text: &str) -> Vec<String> {
    let visible: String =
        text.chars().filter(|c| !matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{ad}')).collect();
    let folded = normalized(&visible);
    let mut words: Vec<String> =
        folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect();
    // "S T O P"
    if words.len() > 1 && words.iter().all(|word| word.chars().count() == 1) {
        words = vec![words.concat()];
    }
    // "opt out", "opt-out", "opt me out", "un-subscribe", "un stop"
    for (first, last, whole) in [("opt", "out", "optout"), ("un", "subscribe", "unsubscribe"), ("un", "stop", "unstop")]
    {
        if let Some(at) = words.iter().position(|word| word == first)
            && let Some(end) = words.iter().skip(at + 1).take(2).position(|word| word == last)
        {
            words.remove(at + 1 + end);
            words[at] = whole.to_owned();
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_stop() {
        for text in [
            "STOP",
            "stop",
            " Stop ",
            "StOp",
            "stop.",
            "STOP!!!",
            "\"stop\"",
            "(stop)",
            "stop\n",
            "S T O P",
            "s.t.o.p",
            "ＳＴＯＰ",
            "st\u{200b}op",
            "STOP please",
            "stop please",
            "Please stop",
            "pls stop",
            "stop now",
            "stop, thanks",
            "stop texting me",
            "Please stop sending me messages",
            "stop all",
            "STOPALL",
            "stop all messages",
            "unsubscribe",
            "UNSUBSCRIBE ME",
            "please unsubscribe me from this list",
            "un-subscribe",
            "end",
            "END.",
            "quit",
            "Quit!",
            "revoke",
            "REVOKE",
            "optout",
            "opt out",
            "OPT-OUT",
            "opt me out",
            "opt out please",
            "cancel",
            "Cancel please",
            "cancel my subscription",
            "remove",
            "remove me",
            "Remove my number",
            "ARRET",
            "arret",
            "Arrêt",
            "ARRÊT svp",
            "arrêt s'il vous plaît",
            "TD",
            "td",
            "stop stop stop",
            "stop unsubscribe",
            "I like to unsubscribe",
            "Stopp",
            "STOP bitte",
            "Bitte abmelden, danke",
            "me désabonner",
            "Se désinscrire, merci",
            "BAJA",
            "Baja por favor",
            "Darme de baja",
        ] {
            assert_eq!(of(text), Some(Keyword::Stop), "{text:?}");
        }
    }

    #[test]
    fn start_and_help() {
        for text in ["START", "start", "Start please", "UNSTOP", "un-stop", "unstop."] {
            assert_eq!(of(text), Some(Keyword::Start), "{text:?}");
        }
        for text in ["HELP", "help?", "Help me", "info", "INFO please", "aide svp", "Hilfe bitte", "¿Ayuda?"] {
            assert_eq!(of(text), Some(Keyword::Help), "{text:?}");
        }
    }

    #[test]
    fn what_says_something_else_is_for_people() {
        for text in [
            "",
            "   ",
            "?!",
            "Thanks, it was great!",
            "Don't stop",
            "do not stop",
            "I can't stop smiling",
            "nonstop",
            "stopped by today",
            "The end of the month is fine",
            "can I cancel my appointment on Friday?",
            "stop by tomorrow?",
            "start stop",
            "yes",
            "when do you start",
            "helpful staff",
            "no",
            "please",
            "5",
            "stop stop stop stop stop stop stop stop stop stop stop stop stop",
        ] {
            assert_eq!(of(text), None, "{text:?}");
        }
    }
}
