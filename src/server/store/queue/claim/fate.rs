//! What becomes of a message that is due: asked in the transaction of the claim, so that nothing is sent that may not be.

use super::Due;
use crate::{
    domain::{
        Timestamp,
        message::{CancelCause, Channel},
        schedule::{self, Delay, Quiet},
    },
    server::store::opening,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Leaves,
    Canceled(CancelCause),
    /// Until the project goes live, or the address joins its guests.
    Held,
    PutOff(Timestamp, Delay),
    /// Its project is paused, or its channel held: it stays as it is, and the lanes pass over it.
    Waits,
}

impl Fate {
    /// Whether it is written down with the message.
    pub fn is_aside(self) -> bool {
        matches!(self, Self::Canceled(_) | Self::Held | Self::PutOff(..))
    }
}

impl Due {
    pub fn fate(&self, now: Timestamp) -> Fate {
        if let Some(cause) = self.cancel_cause() {
            return Fate::Canceled(cause);
        }
        if self.paused_at.is_some() || self.guarded_at.is_some() {
            return Fate::Waits;
        }
        if self.allowed == 0 {
            return Fate::Held;
        }
        if let Some(at) = self.not_before.filter(|at| *at > now) {
            return Fate::PutOff(at, Delay::Order);
        }
        let hours = opening::hours(&self.week);
        let number = if self.channel == Channel::Sms { &self.recipient } else { &self.customer_phone };
        let zones = opening::zones(hours.opening, number, self.zone());
        let left = match self.quiet() {
            None => schedule::leave(hours, &zones, None, now),
            Some(quiet) => {
                let quiet_zones = opening::customer_zones(number, self.zone());
                schedule::leave(hours, &zones, Some((quiet, &quiet_zones[..])), now)
            }
        };
        match left {
            (at, Some(delay)) if at > now => Fate::PutOff(at, delay),
            _ => Fate::Leaves,
        }
    }

    fn cancel_cause(&self) -> Option<CancelCause> {
        if self.unsubscribed_at.is_some() {
            Some(CancelCause::Unsubscribed)
        } else if self.archived_at.is_some() {
            Some(CancelCause::Archived)
        } else if self.reviewed > 0 {
            Some(CancelCause::Reviewed)
        } else if self.bounced > 0 {
            Some(CancelCause::Bounced)
        } else if self.suppressed > 0 {
            Some(CancelCause::Suppressed)
        } else {
            None
        }
    }

    fn quiet(&self) -> Option<Quiet> {
        let is_on = match self.channel {
            Channel::Email => self.quiet_email,
            Channel::Sms => self.quiet_sms,
        };
        (is_on != 0).then_some(Quiet { start: self.quiet_start as u16, end: self.quiet_end as u16 })
    }
}
