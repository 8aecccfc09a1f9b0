//! The texts of reviews, of staff notes and of providers' answers.

use crate::domain::message::{
    Channel,
    FailureCode::{self, *},
};

/// Reviews by stars, from one to five.
pub const REVIEWS: [&[&str]; 5] = [
    &[
        "Waited twenty-five minutes for a flat white, and it was cold.",
        "The card reader was down and nobody told the line. Left without coffee.",
        "My order was wrong twice, and I was asked to pay again for the remake.",
        "Table was sticky, music far too loud. Not what it used to be.",
    ],
    &[
        "Coffee was all right, the service was not.",
        "Nice room, but four dollars for a small drip that tasted burnt?",
        "They ran out of oat milk before nine. Twice this week.",
        "Friendly enough, but it took forever on a quiet afternoon.",
        "",
    ],
    &[
        "Decent espresso. Pastries were gone by ten.",
        "Good coffee, hard to find a seat.",
        "It was fine. I would come back if I were nearby.",
        "Solid latte, a bit pricey for the size.",
        "",
    ],
    &[
        "Lovely spot by the water, and the cardamom bun is worth the trip.",
        "Great coffee and kind people. One star off because parking is a puzzle.",
        "My new favorite place to work in the morning. Wi-Fi could be faster.",
        "The seasonal blend is excellent. Staff remembered my order!",
        "Very good cortado, quick service.",
        "Cozy, warm, and the playlist is on point.",
        "",
    ],
    &[
        "Best flat white in town, no contest.",
        "They helped me pick beans for my dad's birthday and wrapped them. He loves them!",
        "Always a smile, always a perfect cappuccino.",
        "The barista noticed I had forgotten my umbrella and ran after me in the rain. Who does that? These people do.",
        "Came for the coffee, stayed for the blueberry scones.",
        "Quick, kind, consistent. I have been coming here for three years.",
        "The catering for our office was spotless, on time, and everybody asked where it came from.",
        "Hands down the friendliest team on Market Street.",
        "Gluten-free options that actually taste good. Thank you!",
        "Dog-friendly, kid-friendly, and serious about espresso.",
        "I drive twenty minutes out of my way for the pour-over.",
        "Five stars for the oat cortado alone ☕",
        "Wonderful.",
        "",
    ],
];

pub const NOTES: [&str; 14] = [
    "Prefers to be reached by email.",
    "Runs the book club that meets here on Thursdays.",
    "Asked about catering for 40 people in spring.",
    "Allergic to nuts: always mention it on orders.",
    "Left a very kind comment in person; ask again after the next visit.",
    "Had a wrong charge in March, refunded the same day.",
    "Wholesale customer, 6 kg of house blend a month.",
    "Moved to Boston, still orders beans online.",
    "Speaks Spanish with the team; sends her whole family.",
    "Works nights: do not call before noon.",
    "Won the latte art raffle.",
    "Interested in the home-barista class.",
    "Complained about the music once; we turned it down.",
    "Regular since opening day.",
];

pub const TAGS: [&str; 10] =
    ["regular", "wholesale", "catering", "class", "vip", "beans", "newsletter", "book club", "office", "loyalty card"];

/// Failures with the provider's words; the common ones appear more than once.
pub const FAILURES: [(Channel, FailureCode, &str, &str); 20] = [
    (Channel::Email, AddressUnknown, "550", "550 5.1.1 The email account that you tried to reach does not exist"),
    (Channel::Sms, AddressUnknown, "21211", "The 'To' number is not a valid phone number."),
    (Channel::Email, MailboxFull, "552", "552 5.2.2 The recipient's inbox is out of storage space"),
    (Channel::Email, Rejected, "554", "554 5.7.1 Message rejected as likely unsolicited"),
    (Channel::Sms, OptedOut, "21610", "Attempt to send to unsubscribed recipient"),
    (Channel::Email, Unreachable, "451", "451 4.4.1 No answer from host"),
    (Channel::Sms, Unconfirmed, "", "No answer in time from the SMS provider: operation timed out"),
    (Channel::Email, AddressUnknown, "550", "550 5.1.1 User unknown"),
    (Channel::Sms, Rejected, "30007", "Message filtered by the carrier"),
    (Channel::Email, Account, "535", "535 5.7.8 Authentication credentials invalid"),
    (Channel::Email, Other, "503", "503 5.5.1 Bad sequence of commands"),
    (Channel::Sms, AddressUnknown, "21614", "'To' number is not a valid mobile number"),
    (Channel::Email, AddressUnknown, "553", "553 5.1.2 We weren't able to find the recipient domain"),
    (Channel::Email, Unconfirmed, "", "The connection to the mail server broke: connection reset by peer"),
    (Channel::Sms, Account, "20003", "Authentication Error - invalid username"),
    (Channel::Email, MailboxFull, "552", "552 5.2.2 Mailbox size limit exceeded"),
    (Channel::Sms, Unreachable, "503", "Service is unavailable"),
    (
        Channel::Email,
        Unauthenticated,
        "550",
        "550 5.7.26 This mail has been blocked because the sender is unauthenticated",
    ),
    (Channel::Sms, Other, "21617", "The concatenated message body exceeds the limit"),
    (Channel::Email, Unreachable, "421", "421 4.7.0 Try again later, closing connection"),
];

pub const DEFERRALS: [&str; 3] = [
    "451 4.7.1 Greylisting in action, please come back later",
    "421 4.7.0 Too many connections from this address",
    "450 4.2.1 The user you are trying to contact is receiving mail at a rate that prevents additional messages",
];
