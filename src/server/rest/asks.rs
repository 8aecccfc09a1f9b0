//! Asking for reviews at the word of another system.

use super::{Answer, Once, Whom, customers::find};
use crate::{
    domain::{
        AppResult, CustomerId, Timestamp,
        ask::{Ask, AskForm},
        message::Channel,
        schedule,
        strategy::Strategy,
    },
    server::{
        requests::{self, Writer},
        store::{
            answers::{self, Begun},
            guard::Operator,
            requests::Kept,
            strategy,
        },
    },
};

/// What is asked for; what is left out is as the strategy has it, by those of its channels that reach the customer.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    pub channels: Option<Vec<Channel>>,
    pub reminders_count: Option<u8>,
    /// Days between the messages.
    pub reminder_days: Option<u16>,
    /// When the first messages leave; None for now.
    pub at: Option<Timestamp>,
}

impl Wanted {
    fn ask(&self, strategy: &Strategy) -> AppResult<Ask> {
        let by_strategy = Ask::by(strategy);
        let channels = self.channels.as_ref().unwrap_or(&by_strategy.channels);
        let text = |number: Option<u16>| number.map_or_else(String::new, |number| number.to_string());
        let form = AskForm {
            email: channels.contains(&Channel::Email),
            sms: channels.contains(&Channel::Sms),
            reminders: text(self.reminders_count.map(u16::from)),
            days: text(self.reminder_days),
            ..AskForm::default()
        };
        let ask = form.check()?;
        let reminders = match (self.reminders_count, self.reminder_days) {
            (Some(_), _) => ask.reminders,
            (None, Some(days)) => vec![days; by_strategy.reminders.len()],
            (None, None) => by_strategy.reminders,
        };
        Ok(Ask { reminders, ..ask })
    }
}

/// Asks a customer. `answer` gives the JSON of the request, whose customer it is told, with its status.
///
/// # Errors
/// `Invalid` for a field that is wrong, `NotFound` for an unknown customer, `Conflict` for one who may not be asked, and what
/// [`super::customers::put`] refuses with.
pub async fn ask(
    operator: &Operator,
    whom: &Whom,
    wanted: &Wanted,
    (base_url, once): (&str, Option<&Once>),
    now: Timestamp,
    answer: impl FnOnce(CustomerId, &Kept) -> Answer,
) -> AppResult<Answer> {
    let whom = whom.checked()?;
    let ask = wanted.ask(&strategy::kept(operator).await?.strategy)?;
    let mut tx = match answers::begin(operator, once, now).await? {
        Begun::Before(answer) => return Ok(answer),
        Begun::New(tx) => tx,
    };
    let at = wanted.at.map_or(Ok(now), |at| schedule::coming("at", at, now))?;
    let customer = find(&mut tx, operator, whom, now).await?;
    let is_any_channel = wanted.channels.is_none();
    let writer = Writer { operator, customer, ask: &ask, is_any_channel, base_url, wanted: at, now };
    let kept = requests::create_in(&mut tx, &writer).await?;
    let answer = answer(customer, &kept);
    answers::commit(operator, tx, once, customer, &answer, now).await?;
    Ok(answer)
}
