use super::*;
use crate::{
    domain::{ConnectionId, ProjectId, message::Channel},
    server::store::id::NewId,
};

const AT: Timestamp = Timestamp(1_795_431_600_000);

fn refusal(class: Class) -> Refusal {
    Refusal { class, code: Some("421".into()), text: "421 no".into() }
}

fn after(seconds: i64) -> Timestamp {
    AT.plus(seconds * Timestamp::SECOND)
}

/// That began and ended at `at`.
fn call(message: MessageId, is_probe: bool, at: Timestamp) -> Call {
    Call { message, is_probe, started: at, at }
}

fn sign_in() -> Refusal {
    refusal(Class::Account { reason: StopReason::SignIn, otherwise: None })
}

fn relaying() -> Refusal {
    refusal(Class::Account { reason: StopReason::Refused, otherwise: Some(FailureCode::Rejected) })
}

fn via() -> Via {
    let connection = ConnectionId::of_deployment(Channel::Email);
    Via { project: ProjectId(uuid::Uuid::nil()), channel: Channel::Email, connection, provider: None, revision: 0 }
}

impl Breaker {
    fn refuse(&mut self, refusal: &Refusal) -> Consequence {
        self.refused(call(MessageId::new(), false, AT), refusal)
    }

    fn take(&mut self, is_probe: bool) {
        self.answered_well(call(MessageId::new(), is_probe, AT));
    }
}

#[test]
fn ten_failures_in_a_row_stop_it_and_a_good_answer_to_a_probe_ends_that() {
    let mut breaker = Breaker::new(via());
    assert_eq!(breaker.places(16), FAILURES);
    breaker.take(false);
    assert_eq!(breaker.places(16), 16);
    for n in 1..FAILURES {
        assert_eq!(breaker.refuse(&refusal(Class::LATER)), Consequence::Usual(Class::LATER));
        assert_eq!(breaker.places(16), FAILURES - n);
    }
    assert_eq!(breaker.stop(), None);
    // The tenth counts as an attempt, later ones do not.
    assert_eq!(breaker.refuse(&refusal(Class::LATER)), Consequence::Usual(Class::LATER));
    assert_eq!(breaker.stop().unwrap().reason, StopReason::Down);
    assert_eq!(breaker.places(16), 0);
    assert_eq!(breaker.refuse(&refusal(Class::LATER)), Consequence::Returned(AT));
    assert_eq!(breaker.refuse(&refusal(Class::Ambiguous)), Consequence::Usual(Class::Ambiguous));
    breaker.take(false);
    assert!(breaker.stop().is_some(), "asked before the stop");
    breaker.take(true);
    assert_eq!((breaker.stop(), breaker.places(16)), (None, 16));
    assert_eq!(breaker.unsaved(), Some(None));
}

#[test]
fn more_than_half_of_fifty_in_a_minute_stop_it() {
    let mut breaker = Breaker::new(via());
    for n in 0..50 {
        assert_eq!(breaker.stop(), None, "{n}");
        if n % 2 == 0 {
            breaker.refuse(&refusal(Class::LATER));
        } else {
            breaker.take(false);
        }
    }
    assert_eq!(breaker.stop(), None, "half is not more than half");
    breaker.refuse(&refusal(Class::LATER));
    assert!(breaker.stop().is_some());
    // Over a longer time it is no reason.
    let mut slow = Breaker::new(via());
    for n in 0..200 {
        let at = AT.plus(n * 2 * Timestamp::SECOND);
        if n % 3 == 0 {
            slow.answered_well(call(MessageId::new(), false, at));
        } else {
            slow.refused(call(MessageId::new(), false, at), &refusal(Class::LATER));
        }
    }
    assert_eq!(slow.stop(), None);
}

#[test]
fn a_fault_of_our_account_stops_it_at_once_and_is_tried_less_and_less_often() {
    let mut breaker = Breaker::new(via());
    assert_eq!(breaker.refuse(&sign_in()), Consequence::Returned(AT));
    let mut now = AT;
    let mut pauses = Vec::new();
    for _ in 0..6 {
        let next = breaker.stop().unwrap().next_probe;
        pauses.push((next.0 - now.0) / Timestamp::SECOND);
        now = next;
        assert!(!breaker.wants_probe(now.plus(-1)) && breaker.wants_probe(now));
        let probing = breaker.with_probe(now);
        breaker.saved();
        breaker.learn(probing);
        assert_eq!(breaker.refused(call(MessageId::new(), true, now), &sign_in()), Consequence::Returned(now));
    }
    assert_eq!(pauses, [30, 60, 120, 240, 300, 300]);
    assert_eq!(breaker.stop().unwrap().since, AT);
    // A clock that was put back by an hour does not prolong it by an hour.
    assert!(breaker.wants_probe(now.plus(-Timestamp::HOUR)));
}

#[test]
fn a_refusal_in_doubt_is_the_messages_own_where_others_go_out() {
    let mut breaker = Breaker::new(via());
    let odd = MessageId::new();
    let later = Consequence::Returned(AT.plus(DOUBT_WAIT));
    assert_eq!(breaker.refused(call(odd, false, AT), &relaying()), later);
    // A call that had begun before says nothing against it.
    breaker.answered_well(Call { started: after(-1), ..call(MessageId::new(), false, after(1)) });
    let longer = Consequence::Returned(after(2).plus(2 * DOUBT_WAIT));
    assert_eq!(breaker.refused(call(odd, false, after(2)), &relaying()), longer);
    breaker.answered_well(call(MessageId::new(), false, after(3)));
    let own = Consequence::Usual(Class::Permanent(FailureCode::Rejected));
    assert_eq!(breaker.refused(call(odd, false, after(4)), &relaying()), own);
    assert_eq!(breaker.stop(), None);
    // Three without a good answer between them are our account's.
    assert_eq!(breaker.refuse(&relaying()), later);
    assert_eq!(breaker.refuse(&relaying()), later);
    assert_eq!(breaker.refuse(&relaying()), Consequence::Returned(AT));
    assert_eq!(breaker.stop().unwrap().reason, StopReason::Refused);
}

#[test]
fn one_message_in_doubt_waits_longer_and_longer_and_stops_nobody() {
    let mut breaker = Breaker::new(via());
    let lone = MessageId::new();
    let waits: Vec<_> = (0..9)
        .map(|_| match breaker.refused(call(lone, false, AT), &relaying()) {
            Consequence::Returned(due) => (due.0 - AT.0) / Timestamp::MINUTE,
            Consequence::Usual(class) => panic!("{class:?}"),
        })
        .collect();
    assert_eq!((waits, breaker.stop()), (vec![1, 2, 4, 8, 16, 32, 60, 60, 60], None));
}

/// Good answers to calls that began before an account fault blame nobody for it, and a probe's blame ends no stop.
#[test]
fn the_onset_of_a_fault_of_our_account_blames_no_message() {
    let mut breaker = Breaker::new(via());
    let early = Call { started: after(-5), ..call(MessageId::new(), false, after(1)) };
    let suspects = [MessageId::new(), MessageId::new(), MessageId::new()];
    breaker.refused(call(suspects[0], false, AT), &relaying());
    breaker.answered_well(early);
    for n in 0..3 {
        breaker.refused(call(MessageId::new(), false, after(2 + n)), &relaying());
    }
    assert!(breaker.stop().is_some());
    let returned = Consequence::Returned(after(40));
    assert_eq!(breaker.refused(call(suspects[0], true, after(40)), &relaying()), returned);
    assert!(breaker.stop().is_some());
}

#[test]
fn a_limit_that_is_reached_is_no_messages_fault() {
    let limits = [Some(FailureCode::Rejected), None].map(|otherwise| {
        let mut breaker = Breaker::new(via());
        let limit = refusal(Class::Account { reason: StopReason::Quota, otherwise });
        let ids = [MessageId::new(), MessageId::new(), MessageId::new()];
        let mut consequences = Vec::new();
        for hour in 0..24 {
            let at = AT.plus(hour * Timestamp::HOUR);
            consequences.extend(ids.map(|id| breaker.refused(call(id, false, at), &limit)));
            breaker.answered_well(call(MessageId::new(), true, at.plus(Timestamp::MINUTE)));
        }
        consequences
    });
    assert!(limits.iter().flatten().all(|c| matches!(c, Consequence::Returned(_))), "{limits:?}");
}

#[test]
fn what_is_ours_for_certain_and_meets_one_message_only_does_not_stop_the_others_for_ever() {
    let sender = refusal(Class::Account { reason: StopReason::Sender, otherwise: None });
    let mut breaker = Breaker::new(via());
    let odd = MessageId::new();
    assert_eq!(breaker.refused(call(odd, false, AT), &sender), Consequence::Returned(AT));
    assert!(breaker.stop().is_some());
    breaker.answered_well(call(MessageId::new(), true, after(30)));
    let waits = Consequence::Returned(after(31).plus(2 * DOUBT_WAIT));
    assert_eq!(breaker.refused(call(odd, false, after(31)), &sender), waits);
    assert_eq!(breaker.stop(), None);
    breaker.answered_well(call(MessageId::new(), false, after(60)));
    let own = Consequence::Usual(Class::Permanent(FailureCode::Account));
    assert_eq!(breaker.refused(call(odd, false, after(200)), &sender), own);
    // A sign-in has nothing to do with any message.
    for second in 300..320 {
        breaker.answered_well(call(MessageId::new(), true, after(second)));
        let consequence = breaker.refused(call(odd, false, after(second).plus(1)), &sign_in());
        assert!(matches!(consequence, Consequence::Returned(_)), "{consequence:?}");
    }
    assert_eq!(breaker.stop(), None);
}

#[test]
fn nobody_reads_a_customers_address_in_why_a_connection_stands_still() {
    let mut breaker = Breaker::new(via());
    let text = "550 5.4.5 <ana@example.com>: +12075550100 is over  the limit of 200000".into();
    let class = Class::Account { reason: StopReason::Quota, otherwise: None };
    breaker.refuse(&Refusal { class, code: None, text });
    assert_eq!(breaker.stop().unwrap().words, "550 5.4.5 … … is over the limit of 200000");
}

#[test]
fn what_is_about_a_message_is_a_good_answer() {
    let mut breaker = Breaker::new(via());
    breaker.refuse(&sign_in());
    let unknown = Class::Permanent(FailureCode::AddressUnknown);
    let consequence = breaker.refused(call(MessageId::new(), true, AT), &refusal(unknown));
    assert_eq!((consequence, breaker.stop()), (Consequence::Usual(unknown), None));
    for _ in 0..100 {
        breaker.refuse(&refusal(Class::RECIPIENT_LATER));
    }
    assert_eq!(breaker.stop(), None);
}

#[test]
fn workers_learn_of_each_others_stops_and_of_their_ends() {
    let mut one = Breaker::new(via());
    let mut other = Breaker::new(via());
    one.refuse(&sign_in());
    // Not saved yet: that the database knows nothing is no news.
    one.learn(None);
    other.learn(one.unsaved().unwrap());
    one.saved();
    assert_eq!(one.stop(), other.stop());
    other.take(true);
    one.learn(other.unsaved().unwrap());
    assert_eq!((one.stop(), other.stop()), (None, None));
}
