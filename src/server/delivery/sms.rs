//! SMS: over the REST API of Twilio or of ClickSend, or into the outbox folder.

pub mod clicksend;
mod http;
mod twilio;

pub use twilio::Twilio;

use super::{Receipt, Refusal, Verified, evidence::Evidence, file::Outbox, memory::Memory};
use crate::domain::{Timestamp, content::Outgoing};
use clicksend::ClickSend;

pub struct Sms(Route);

enum Route {
    Twilio(Box<Twilio>),
    ClickSend(Box<ClickSend>),
    File(Outbox),
    Memory(Memory),
}

impl Sms {
    pub fn twilio(twilio: Twilio) -> Self {
        Self(Route::Twilio(Box::new(twilio)))
    }

    pub fn clicksend(clicksend: ClickSend) -> Self {
        Self(Route::ClickSend(Box::new(clicksend)))
    }

    pub fn file(outbox: Outbox) -> Self {
        Self(Route::File(outbox))
    }

    pub fn memory(memory: Memory) -> Self {
        Self(Route::Memory(memory))
    }

    /// The name that attempts are recorded under.
    pub fn provider(&self) -> &'static str {
        match self.0 {
            Route::Twilio(_) => "twilio",
            Route::ClickSend(_) => "clicksend",
            Route::File(_) => "file",
            Route::Memory(_) => "memory",
        }
    }

    /// The number, service or name that SMS come from; none where they are only written down.
    pub fn from(&self) -> Option<&str> {
        match &self.0 {
            Route::Twilio(twilio) => Some(twilio.from()),
            Route::ClickSend(clicksend) => Some(clicksend.from()),
            Route::File(_) | Route::Memory(_) => None,
        }
    }

    /// Asks the provider about our account, and sends nothing; None where nothing leaves this machine.
    ///
    /// # Errors
    /// The provider's refusal, classified.
    pub async fn verify(&self) -> Result<Option<Verified>, Refusal> {
        match &self.0 {
            Route::Twilio(twilio) => twilio.verify().await.map(Some),
            Route::ClickSend(clicksend) => clicksend.verify().await.map(Some),
            Route::File(_) | Route::Memory(_) => Ok(None),
        }
    }

    /// Returns once the provider has taken it. Records what was said.
    ///
    /// # Errors
    /// The provider's refusal, classified.
    pub async fn attempt(&self, sms: &Outgoing, at: Timestamp, evidence: &mut Evidence) -> Result<Receipt, Refusal> {
        match &self.0 {
            Route::Twilio(twilio) => twilio.send(sms, evidence).await,
            Route::ClickSend(clicksend) => clicksend.send(sms, evidence).await,
            Route::File(outbox) => outbox.sms(sms, at, evidence).await,
            Route::Memory(memory) => memory.send(sms, evidence).await,
        }
    }
}
