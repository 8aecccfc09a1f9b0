//! Who asked for which links of a message in its first minute: a scanner gives itself away by following all of them. Kept in
//! memory only, because it names networks.

use crate::domain::{
    MessageId, Timestamp,
    visit::{self, Link, Machine, Program, Visit},
};
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

/// The most messages, and the most visits of each.
const MESSAGES: usize = 20_000;
const VISITS: usize = 30;

#[derive(Debug, Default)]
pub struct Visits(Mutex<HashMap<MessageId, Vec<Seen>>>);

#[derive(Clone, Copy, Debug)]
struct Seen {
    visit: Visit,
    /// It was taken for a person's open or click.
    is_counted: bool,
}

impl Visits {
    /// Why a machine made the visit, and when its earlier visits were that were taken for a person's.
    pub fn judge(&self, message: MessageId, visit: Visit, program: Program<'_>) -> (Option<Machine>, Vec<Timestamp>) {
        if !visit::is_early(&visit) {
            return (visit::machine(&visit, program, &[]), Vec::new());
        }
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MESSAGES && !all.contains_key(&message) {
            make_room(&mut all, visit.at);
        }
        let seen = all.entry(message).or_default();
        let earlier: Vec<Visit> = seen.iter().map(|seen| seen.visit).collect();
        let machine = visit::machine(&visit, program, &earlier);
        let mut mistaken = Vec::new();
        if machine == Some(Machine::EveryLink) {
            for other in seen.iter_mut().filter(|other| other.is_counted && visit::is_at_once(&visit, &other.visit)) {
                other.is_counted = false;
                mistaken.push(other.visit.at);
            }
        }
        if seen.len() < VISITS {
            seen.push(Seen { visit, is_counted: machine.is_none() && visit.link != Link::Unsubscribe });
        }
        (machine, mistaken)
    }
}

/// Forgets messages whose first minute is over; all of them, where that is not enough.
fn make_room(all: &mut HashMap<MessageId, Vec<Seen>>, now: Timestamp) {
    all.retain(|_, seen| seen.last().is_some_and(|last| now.0 - last.visit.at.0 < Timestamp::MINUTE));
    if all.len() > MESSAGES / 10 * 9 {
        all.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const PERSON: Program<'_> = Program { agent: "Mozilla/5.0 Firefox/150.0", is_head: false, is_prefetch: false };

    fn visit(link: Link, at: i64) -> Visit {
        Visit { link, at: Timestamp(at), since_sent: Some(at), network: "192.0.2.7".parse().ok() }
    }

    #[test]
    fn what_was_mistaken_is_told_once() {
        let (visits, message) = (Visits::default(), MessageId(Uuid::from_u128(1)));
        let judge = |link, at| visits.judge(message, visit(link, at), PERSON);
        assert_eq!(judge(Link::Image, 4_000), (None, vec![]));
        assert_eq!(judge(Link::Review, 5_000), (None, vec![]));
        let both = vec![Timestamp(4_000), Timestamp(5_000)];
        assert_eq!(judge(Link::Unsubscribe, 6_000), (Some(Machine::EveryLink), both));
        assert_eq!(judge(Link::Review, 7_000), (Some(Machine::EveryLink), vec![]));
        assert_eq!(judge(Link::Review, 40_000), (None, vec![]), "somebody of the same network, later");
        let other = MessageId(Uuid::from_u128(2));
        assert_eq!(visits.judge(other, visit(Link::Review, 7_000), PERSON), (None, vec![]), "another message");
    }

    #[test]
    fn it_keeps_a_bounded_number() {
        let visits = Visits::default();
        for n in 0..MESSAGES as u128 + 10 {
            visits.judge(MessageId(Uuid::from_u128(n)), visit(Link::Review, 5_000), PERSON);
        }
        for _ in 0..VISITS * 2 {
            visits.judge(MessageId(Uuid::from_u128(7)), visit(Link::Review, 5_000), PERSON);
        }
        let all = visits.0.lock().unwrap();
        assert!(all.len() <= MESSAGES && all.values().all(|seen| seen.len() <= VISITS));
        drop(all);
        // Late visits are not kept.
        let late = Visits::default();
        late.judge(MessageId(Uuid::from_u128(1)), visit(Link::Review, 60_000), PERSON);
        assert!(late.0.lock().unwrap().is_empty());
    }
}
