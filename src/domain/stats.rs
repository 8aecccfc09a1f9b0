//! The numbers above the table.

use super::status::Status;
use serde_tuple::{Deserialize_tuple, Serialize_tuple};

/// Counts of the messages that match every condition of the filter except the status.
// A tuple on the wire: the names of its fields would be most of a page's data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct Stats {
    /// Accepted by the provider and not failed since, including those that were opened, clicked or complained about.
    pub sent: u64,
    /// Sent messages that a person opened.
    pub opened: u64,
    /// Sent messages whose link a person followed.
    pub clicked: u64,
    pub failed: u64,
    /// Waiting for their time.
    pub scheduled: u64,
}

impl Stats {
    pub const SHOWN: [Status; 4] = [Status::Sent, Status::Opened, Status::Clicked, Status::Failed];

    pub fn of(&self, status: Status) -> u64 {
        match status {
            Status::Sent => self.sent,
            Status::Opened => self.opened,
            Status::Clicked => self.clicked,
            Status::Failed => self.failed,
            Status::Scheduled => self.scheduled,
            _ => 0,
        }
    }

    /// In tenths of a percent: Opened and Clicked as a share of the sent messages, Failed as a share of the attempted ones.
    /// None for Sent, and if there is nothing to divide by.
    pub fn share_in_tenths(&self, status: Status) -> Option<u64> {
        let whole = match status {
            Status::Opened | Status::Clicked => self.sent,
            Status::Failed => self.sent + self.failed,
            _ => return None,
        };
        // Integers, because formatting floating-point numbers would add 14 kB to the browser's build.
        (whole > 0).then(|| (self.of(status) * 1000 + whole / 2) / whole)
    }
}

/// `1,240`.
pub fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

/// `1 message`, `12 messages`, `1,240 messages`.
pub fn count(n: u64, noun: &str) -> String {
    format!("{} {noun}{}", thousands(n), if n == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_of_the_sent_and_failed_of_the_attempted() {
        let s = Stats { sent: 90, opened: 45, clicked: 30, failed: 10, scheduled: 0 };
        assert_eq!(s.share_in_tenths(Status::Opened), Some(500));
        assert_eq!(s.share_in_tenths(Status::Clicked), Some(333));
        assert_eq!(s.share_in_tenths(Status::Failed), Some(100));
        assert_eq!(s.share_in_tenths(Status::Sent), None);
        assert_eq!(Stats::default().share_in_tenths(Status::Opened), None);
    }

    #[test]
    fn numbers_read_well() {
        assert_eq!(thousands(0), "0");
        assert_eq!(thousands(999), "999");
        assert_eq!(thousands(1_240), "1,240");
        assert_eq!(thousands(1_000_000), "1,000,000");
        assert_eq!(count(1, "message"), "1 message");
    }
}
