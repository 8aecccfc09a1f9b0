//! A transport that keeps what it is given, and answers as it is told: for tests.

use super::{Receipt, Refusal, evidence::Evidence};
use crate::domain::content::Outgoing;
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::Semaphore;

type Rule = Box<dyn Fn(&Outgoing) -> Option<Refusal> + Send>;

#[derive(Clone)]
struct Gate {
    permits: Arc<Semaphore>,
    emails_only: bool,
}

#[derive(Clone, Default)]
pub struct Memory(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    calls: usize,
    sent: Vec<Outgoing>,
    refusals: VecDeque<Refusal>,
    rule: Option<Rule>,
    gate: Option<Gate>,
}

impl Memory {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The messages that were accepted, in order.
    pub fn sent(&self) -> Vec<Outgoing> {
        self.inner().sent.clone()
    }

    /// How often it was called, with any result.
    pub fn calls(&self) -> usize {
        self.inner().calls
    }

    /// Refuses the next message for which nothing is scripted yet.
    pub fn refuse(&self, refusal: Refusal) {
        self.inner().refusals.push_back(refusal);
    }

    /// From now on refuses what this says.
    pub fn refuse_by(&self, rule: impl Fn(&Outgoing) -> Option<Refusal> + Send + 'static) {
        self.inner().rule = Some(Box::new(rule));
    }

    /// From now on each call waits for a permit.
    pub fn hold(&self) -> Arc<Semaphore> {
        self.hold_some(false)
    }

    /// From now on each email waits for a permit.
    pub fn hold_emails(&self) -> Arc<Semaphore> {
        self.hold_some(true)
    }

    fn hold_some(&self, emails_only: bool) -> Arc<Semaphore> {
        let permits = Arc::new(Semaphore::new(0));
        self.inner().gate = Some(Gate { permits: permits.clone(), emails_only });
        permits
    }

    pub(super) async fn send(&self, mail: &Outgoing, evidence: &mut Evidence) -> Result<Receipt, Refusal> {
        evidence.asked("outbox");
        let gate = {
            let mut inner = self.inner();
            inner.calls += 1;
            inner.gate.clone()
        };
        if let Some(gate) = gate
            && (!gate.emails_only || mail.recipient.contains('@'))
            && let Ok(permit) = gate.permits.acquire().await
        {
            permit.forget();
        }
        let mut inner = self.inner();
        let scripted = inner.refusals.pop_front();
        if let Some(refusal) = scripted.or_else(|| inner.rule.as_ref().and_then(|rule| rule(mail))) {
            evidence.heard("", &refusal.text);
            return Err(refusal);
        }
        evidence.note("Kept in memory");
        inner.sent.push(mail.clone());
        Ok(Receipt { provider_id: None, text: "Kept in memory".into() })
    }
}
