//! The connections that a worker sends over, each with its breaker and its share of the places.

use super::{EACH, Held, Pump};
use crate::{
    domain::{ConnectionId, ProjectId},
    server::{
        delivery::{breaker::Breaker, worker::IN_FLIGHT},
        store::queue::lanes::{Lane, Via},
    },
};
use std::{collections::HashMap, time::Instant};

/// A connection as one worker knows it.
pub struct Line {
    pub breaker: Breaker,
    /// When to look again for due messages while others are under way.
    pub next_look: Instant,
    /// Whether something was due at the last look.
    pub is_due: bool,
    /// When a message was last claimed of each project: the one that waits longest is next.
    pub served: HashMap<ProjectId, Instant>,
    /// Until when each project's messages wait for their limits.
    pub rests: HashMap<ProjectId, Instant>,
    /// When it was last noted that the provider took a message.
    pub noted: Option<Instant>,
}

impl Line {
    pub fn new(via: Via) -> Self {
        Self {
            breaker: Breaker::new(via),
            next_look: Instant::now(),
            is_due: false,
            served: HashMap::new(),
            rests: HashMap::new(),
            noted: None,
        }
    }
}

impl Pump<'_> {
    pub(super) fn line(&mut self, via: Via) -> &mut Line {
        let line = self.lines.entry(via.connection).or_insert_with(|| Line::new(via));
        line.breaker.renew(via);
        line
    }

    /// Takes over which connections have something due. Those that have nothing to do any more are forgotten.
    pub(super) fn follow(&mut self, lanes: &[Lane]) {
        for line in self.lines.values_mut() {
            line.is_due = false;
        }
        let now = Instant::now();
        for lane in lanes {
            self.line(lane.via).is_due = true;
        }
        let busy: Vec<ConnectionId> = self.connections_in_use().collect();
        self.lines.retain(|id, line| {
            line.is_due || id.is_of_deployment() || busy.contains(id) || line.breaker.is_worth_keeping()
        });
        for line in self.lines.values_mut() {
            line.served.retain(|project, _| lanes.iter().any(|lane| lane.via.project == *project));
            line.rests.retain(|_, until| *until > now);
        }
    }

    fn connections_in_use(&self) -> impl Iterator<Item = ConnectionId> {
        let held = self.held.iter().map(|held| held.job.via.connection);
        held.chain(self.begun.iter().map(|begun| begun.via.connection))
            .chain(self.back.iter().map(|answer| answer.via.connection))
    }

    /// Whether more of this connection's messages can be used.
    pub(super) fn is_hungry(&self, id: ConnectionId) -> bool {
        let Some(line) = self.lines.get(&id) else { return true };
        let waiting = self.held.iter().filter(|held| held.job.via.connection == id).count();
        let answered = self.back.iter().filter(|answer| answer.via.connection == id).count();
        line.breaker.stop().is_none()
            && waiting < EACH
            && self.busy(id) < line.breaker.places(EACH) + answered
            && (self.is_idle() || line.next_look <= Instant::now())
    }

    /// Whether a project's limits leave no start over this connection for now.
    pub(super) fn rests(&self, lane: &Lane) -> bool {
        let until = self.lines.get(&lane.via.connection).and_then(|line| line.rests.get(&lane.via.project));
        until.is_some_and(|until| *until > Instant::now())
    }

    /// How many places this connection has: calls, with those whose answers are not judged yet, and results that are not written.
    pub(super) fn busy(&self, id: ConnectionId) -> usize {
        self.begun.iter().filter(|begun| begun.via.connection == id).count()
            + self.refused.iter().filter(|refused| refused.connection == id).count()
    }

    /// Whether a held message may start now: a connection may fill half of the places, the next half of the rest, and so
    /// on, so that slow ones leave some to the others.
    pub(super) fn may_start(&self, held: &Held, starting: &HashMap<ConnectionId, usize>, free: usize) -> bool {
        let id = held.job.via.connection;
        let Some(line) = self.lines.get(&id) else { return false };
        let busy = self.busy(id) + starting.get(&id).copied().unwrap_or(0);
        free > 0 && (held.is_probe || busy < line.breaker.places(EACH).min(free))
    }

    /// How many places are free.
    pub(super) fn free(&self) -> usize {
        IN_FLIGHT.saturating_sub(self.begun.len() + self.refused.len())
    }
}
