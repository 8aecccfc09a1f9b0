//! A year of the demo's customers: who they are, when they were asked for a review, and what happened then.

mod evidence;
mod request;

use super::{NAME, OWNER, ZONE, chance::Chance, names, texts};
use crate::{
    domain::{
        AppResult, CustomerId, EventId, LocationId, MessageId, NoteId, ProjectId, RequestId, ReviewId, Timestamp,
        UserId,
        content::Content,
        language::Language,
        message::{Channel, EventKind, Template},
        schedule,
        template::OptOut,
        timeline::Detail,
    },
    server::{
        delivery::template::{Compiled, Values},
        language::templates,
        store::{
            guard::day_number,
            new_message::{self, NewMessage},
            timeline,
        },
    },
};
use chrono::{Duration, NaiveTime};
use unicode_normalization::UnicodeNormalization;

const CUSTOMERS: usize = 400;
/// How many customers, the last ones, have never been asked.
const SILENT: usize = 16;
/// The number of the customer who is asked most often.
const REGULAR: usize = 7;
/// How long after `now` nothing is due, in ms.
const QUIET: i64 = 20 * Timestamp::HOUR;

pub struct Story {
    pub customers: Vec<Customer>,
    pub requests: Vec<Request>,
    pub messages: Vec<NewMessage>,
    pub events: Vec<Event>,
    pub attempts: Vec<Attempt>,
    pub reviews: Vec<Review>,
}

pub struct Customer {
    pub id: CustomerId,
    pub location: Option<(LocationId, &'static str)>,
    pub name: String,
    pub company: &'static str,
    pub email: String,
    pub phone: String,
    pub created: Timestamp,
    pub last_number: i32,
    pub last_messaged: Option<Timestamp>,
    pub unsubscribed: Option<Timestamp>,
    pub archived: Option<Timestamp>,
    pub tags: Vec<&'static str>,
    pub note: Option<(NoteId, &'static str, Timestamp)>,
}

pub struct Request {
    pub id: RequestId,
    pub customer: CustomerId,
    pub number: i32,
    pub created: Timestamp,
    /// None if the strategy asked.
    pub by: Option<UserId>,
}

pub struct Event {
    pub message: MessageId,
    pub id: EventId,
    pub at: Timestamp,
    pub kind: EventKind,
    pub by_staff: bool,
    pub detail: Option<Detail>,
    pub machine: bool,
}

impl Event {
    pub fn of(&self, project: ProjectId) -> timeline::Event {
        let Self { message, id, at, kind, by_staff, ref detail, machine } = *self;
        let actor = by_staff.then(|| OWNER.1.to_owned());
        timeline::Event { id, project, message, kind, at, actor, detail: detail.clone(), machine }
    }
}

pub struct Attempt {
    pub message: MessageId,
    pub generation: i32,
    pub started: Timestamp,
    pub finished: Timestamp,
    pub outcome: &'static str,
    pub code: Option<&'static str>,
    pub detail: &'static str,
    pub channel: Channel,
}

pub struct Review {
    pub id: ReviewId,
    pub customer: CustomerId,
    pub message: MessageId,
    pub request: RequestId,
    pub stars: i16,
    pub text: &'static str,
    pub created: Timestamp,
}

/// When a customer is asked, and how.
struct Plan {
    created: Timestamp,
    at: Timestamp,
    channels: Vec<Channel>,
    reminders: u8,
}

struct Teller<'a> {
    locations: &'a [(LocationId, &'static str)],
    owner: UserId,
    base_url: &'a str,
    now: Timestamp,
    templates: Vec<(Template, Channel, Compiled)>,
    chance: Chance,
    /// The failures of each channel, so that every reason appears.
    failures: [usize; 2],
    /// When a machine opened the message that is being told of.
    machine_opened: Option<Timestamp>,
    story: Story,
}

impl Story {
    pub fn tell(
        locations: &[(LocationId, &'static str)],
        owner: UserId,
        base_url: &str,
        now: Timestamp,
    ) -> AppResult<Self> {
        let story = Self {
            customers: Vec::new(),
            requests: Vec::new(),
            messages: Vec::new(),
            events: Vec::new(),
            attempts: Vec::new(),
            reviews: Vec::new(),
        };
        let templates = compiled()?;
        let chance = Chance::new(0);
        let mut teller = Teller {
            locations,
            owner,
            base_url,
            now,
            templates,
            chance,
            failures: [0; 2],
            machine_opened: None,
            story,
        };
        for n in 0..CUSTOMERS {
            teller.customer(n)?;
        }
        Ok(teller.story)
    }
}

fn compiled() -> AppResult<Vec<(Template, Channel, Compiled)>> {
    let mut all = Vec::new();
    for template in Template::ALL {
        for channel in Channel::ALL {
            let wording = templates::default(Language::English, template, channel, OptOut::Stop);
            all.push((template, channel, Compiled::new(Language::English, template, channel, &wording)?));
        }
    }
    Ok(all)
}

impl Teller<'_> {
    fn customer(&mut self, n: usize) -> AppResult<()> {
        // Each customer has a seed of their own, so that changing one does not change the others.
        self.chance = Chance::new(n as u64 + 1);
        let mut customer = self.person(n);
        let mut plans = self.plans(n, &customer);
        plans.sort_by_key(|plan| plan.created);
        let stays = n >= CUSTOMERS - SILENT || n == REGULAR;
        customer.unsubscribed = (!stays && n % 20 == 13).then(|| self.leaves(&mut plans));
        customer.archived = (!stays && n % 27 == 5).then(|| self.leaves(&mut plans));
        for plan in plans {
            let left = customer.unsubscribed.into_iter().chain(customer.archived).min();
            if left.is_none_or(|left| plan.created < left) {
                customer.created = customer.created.min(plan.created.plus(-Timestamp::DAY));
                self.request(&mut customer, &plan)?;
            }
        }
        self.story.customers.push(customer);
        Ok(())
    }

    /// A time in the days after the last request that is over, so that some of its reminders are canceled.
    fn leaves(&mut self, plans: &mut [Plan]) -> Timestamp {
        let over = self.now.plus(-7 * Timestamp::DAY);
        match plans.iter_mut().rfind(|plan| plan.at < over) {
            Some(plan) => {
                plan.reminders = plan.reminders.max(2);
                plan.at.plus(self.chance.between(Timestamp::HOUR, 5 * Timestamp::DAY))
            }
            None => self.now.plus(-self.chance.between(Timestamp::DAY, 20 * Timestamp::DAY)),
        }
    }

    fn person(&mut self, n: usize) -> Customer {
        let now = self.now;
        let c = &mut self.chance;
        let silent = n >= CUSTOMERS - SILENT;
        let first = names::FIRST[n % names::FIRST.len()];
        let last = names::LAST[(n * 37 + n / names::FIRST.len()) % names::LAST.len()];
        let reachable = silent || n == REGULAR || c.happens(0.62);
        let by_email = reachable || c.happens(0.8);
        let created = now.plus(if silent { -c.between(1, 30) } else { -c.between(20, 390) } * Timestamp::DAY);
        let area = names::AREA_CODES[n / 100 * 2 % names::AREA_CODES.len()];
        let mut tags: Vec<&str> = Vec::new();
        while c.happens(0.35) {
            let tag = *c.pick(&texts::TAGS);
            if !tags.contains(&tag) {
                tags.push(tag);
            }
        }
        let note = c.happens(0.12).then(|| {
            let at = now.plus(-c.between(Timestamp::DAY, 150 * Timestamp::DAY)).max(created);
            (NoteId(c.id(at)), *c.pick(&texts::NOTES), at)
        });
        Customer {
            id: CustomerId(c.id(created)),
            location: if n.is_multiple_of(19) { None } else { Some(self.locations[n % self.locations.len()]) },
            name: format!("{first} {last}"),
            company: if n % 4 == 1 { names::COMPANIES[n / 4 % names::COMPANIES.len()] } else { "" },
            email: if by_email { address(first, last, n) } else { String::new() },
            phone: if reachable || !by_email { format!("+1{area}55501{:02}", n % 100) } else { String::new() },
            created,
            last_number: 0,
            last_messaged: None,
            unsubscribed: None,
            archived: None,
            tags,
            note,
        }
    }

    /// One request in some of the last twelve months; for some customers, also one that is under way and one in the future.
    fn plans(&mut self, n: usize, customer: &Customer) -> Vec<Plan> {
        if n >= CUSTOMERS - SILENT {
            return Vec::new();
        }
        let count = if n == REGULAR {
            12
        } else {
            self.chance.weighted(&[(1, 20), (2, 34), (3, 28), (4, 12), (5, 6)]).unwrap_or(1)
        };
        // In steps of five months, each of the twelve months comes once.
        let start = self.chance.between(0, 12);
        let mut plans: Vec<Plan> = (0..count)
            .map(|i| {
                let month = (start + 5 * i) % 12;
                let days = -365 + month * 30 + self.chance.between(0, 20);
                self.plan(n, customer, days)
            })
            .collect();
        if n % 13 == 4 {
            let days = -self.chance.between(2, 6);
            plans.push(self.plan(n, customer, days));
        }
        if n % 11 == 3 {
            let days = self.chance.between(1, 14);
            plans.push(self.plan(n, customer, days));
        }
        plans
    }

    fn plan(&mut self, n: usize, customer: &Customer, days: i64) -> Plan {
        let at = self.during_the_day(days);
        let c = &mut self.chance;
        let created = match days {
            1.. => self.now.plus(-c.between(Timestamp::HOUR, 2 * Timestamp::DAY)),
            _ if c.happens(0.5) => at,
            _ => at.plus(-c.between(Timestamp::HOUR, 36 * Timestamp::HOUR)),
        };
        let mut channels = Vec::new();
        let both = n == REGULAR || c.happens(0.3);
        if !customer.email.is_empty() {
            channels.push(Channel::Email);
        }
        if !customer.phone.is_empty() && (channels.is_empty() || both) {
            channels.push(Channel::Sms);
        } else if channels.len() == 1 && !customer.phone.is_empty() && c.happens(0.4) {
            channels = vec![Channel::Sms];
        }
        let reminders = if n == REGULAR { 2 } else { c.weighted(&[(0, 30), (1, 32), (2, 26), (3, 12)]).unwrap_or(1) };
        Plan { created, at, channels, reminders }
    }

    /// Between 9:00 and 19:00, this many days from now; never within the hours in which nothing may be due.
    fn during_the_day(&mut self, days: i64) -> Timestamp {
        let minutes = self.chance.between(9 * 60, 19 * 60);
        let date = self.now.local(&ZONE).date() + Duration::days(days);
        let at = schedule::instant(&ZONE, date.and_time(NaiveTime::MIN) + Duration::minutes(minutes));
        self.not_soon(at)
    }

    fn not_soon(&mut self, at: Timestamp) -> Timestamp {
        let quiet = self.now.plus(QUIET);
        if at > self.now && at < quiet { quiet.plus(self.chance.between(0, 4 * Timestamp::HOUR)) } else { at }
    }

    fn content(&self, customer: &Customer, template: Template, channel: Channel, token: &str) -> AppResult<Content> {
        let values = Values {
            customer_name: &customer.name,
            project_name: NAME,
            location_name: customer.location.map(|(_, name)| name),
            base_url: self.base_url,
            token,
        };
        match self.templates.iter().find(|(t, c, _)| (*t, *c) == (template, channel)) {
            Some((_, _, compiled)) => Ok(compiled.render(&values)),
            None => Ok(Content::default()),
        }
    }

    fn day(at: Timestamp) -> i32 {
        day_number(at.local(&ZONE).date())
    }

    fn token() -> AppResult<String> {
        new_message::token()
    }
}

/// `ana.ruiz@example.com`, with a number if the name repeats in ASCII.
fn address(first: &str, last: &str, n: usize) -> String {
    let plain = |s: &str| s.nfkd().filter(char::is_ascii_alphabetic).collect::<String>().to_lowercase();
    let local = format!("{}.{}", plain(first), plain(last));
    let domain = names::DOMAINS[n % names::DOMAINS.len()];
    if n % 3 == 2 { format!("{local}{}@{domain}", n % 90 + 10) } else { format!("{local}@{domain}") }
}
