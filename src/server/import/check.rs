//! What a row says of a customer, by the rules of the form for a customer.

use super::rows::Row;
use crate::{
    domain::{
        AppError, LocationId,
        charge::{Currency, EXTERNAL_ID_MAX, Money, NewCharge},
        contact::{NAME_MAX, parse_line},
        csv,
        customer::{CustomerForm, MANY_TAGS, NO_NAME, parse_tags},
        import::{
            Problem,
            date::parse_day,
            matching::{Field, Matching},
            shortened,
        },
        message::Channel,
        refusal::Refusal,
    },
    server::{
        phone,
        store::{
            guard::day_number,
            imports::{Fate, Wanted},
            search::normalized,
        },
    },
};
use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
};

/// How much of a value is told, in characters.
const TOLD: usize = 40;

/// Checks the rows of one file.
pub struct Checker {
    columns: Vec<String>,
    matching: Matching,
    locations: HashMap<String, LocationId>,
    /// That of charges whose row names none.
    currency: Currency,
}

impl Checker {
    pub fn new(
        columns: Vec<String>,
        matching: Matching,
        locations: Vec<(LocationId, String)>,
        currency: Currency,
    ) -> Self {
        let locations = locations.into_iter().map(|(id, name)| (normalized(&name), id)).collect();
        Self { columns, matching, locations, currency }
    }

    /// # Errors
    /// Why the row is refused.
    pub fn check(&self, row: &Row) -> Result<Wanted, Problem> {
        self.checked(row).map_err(|error| match error {
            AppError::Invalid { field, message, .. } => self.problem(row, &field, message),
            other => self.problem(row, "", other.to_string()),
        })
    }

    fn checked(&self, row: &Row) -> Result<Wanted, AppError> {
        let value = |field| self.matching.column(field).map_or("", |column| value(row.cell(column)));
        let columns = self.columns.len();
        if row.cells().skip(columns).any(|cell| !cell.trim().is_empty()) {
            let sentence = format!(
                "This row has {} cells and the file {columns} columns. Perhaps a value with a separator in it lacks its quotation marks.",
                row.len()
            );
            return Err(AppError::invalid("", sentence));
        }
        let name = match value(Field::Name) {
            "" => format!("{} {}", value(Field::FirstName), value(Field::LastName)),
            name => name.to_owned(),
        };
        let form = CustomerForm {
            name: name.trim().to_owned(),
            company: value(Field::Company).to_owned(),
            email: value(Field::Email).to_owned(),
            phone: value(Field::Phone).to_owned(),
            ..CustomerForm::default()
        };
        let form = form.check_given()?;
        let form = CustomerForm { phone: phone::parse("phone", &form.phone)?, ..form };
        if form.email.is_empty() && form.phone.is_empty() {
            return Err(AppError::invalid("", "This row has neither an email address nor a phone number."));
        }
        let location = match value(Field::Location) {
            "" => None,
            name => {
                let known = self.locations.get(&normalized(name)).copied();
                Some(known.ok_or_else(|| AppError::invalid("location", "The project has no location of this name."))?)
            }
        };
        // Where a comma separates the columns, files often have semicolons between tags.
        let tags = parse_tags(&value(Field::Tags).replace(';', ","))?;
        let visited_on = match value(Field::Visited) {
            "" => None,
            day => Some(day_number(parse_day("visited", day)?)),
        };
        let charge = self.charge(row)?;
        Ok(Wanted { form, location, tags, visited_on, charge })
    }

    /// None where the row has no amount.
    fn charge(&self, row: &Row) -> Result<Option<NewCharge>, AppError> {
        let value = |field| self.matching.column(field).map_or("", |column| value(row.cell(column)));
        let amount = value(Field::ChargeAmount);
        if amount.is_empty() {
            return Ok(None);
        }
        let fields = (Field::ChargeAmount.slug(), Field::ChargeCurrency.slug());
        let money = Money::parse(fields, amount, value(Field::ChargeCurrency), self.currency)?;
        let day = if self.matching.column(Field::ChargeOn).is_some() { Field::ChargeOn } else { Field::Visited };
        let on = match value(day) {
            "" => return Err(AppError::invalid(day.slug(), "This row has an amount and no date of it.")),
            on => parse_day(day.slug(), on)?,
        };
        let external_id =
            parse_line(Field::ChargeId.slug(), "The external ID", value(Field::ChargeId), EXTERNAL_ID_MAX)?;
        let is_subscription = parse_yes(Field::Subscription.slug(), value(Field::Subscription))?;
        Ok(Some(NewCharge { on, money, is_subscription, external_id }))
    }

    /// The problem of a row with what the form calls `field`; empty for the row as a whole.
    fn problem(&self, row: &Row, field: &str, reason: String) -> Problem {
        let fields: Vec<Field> = match field {
            "name" => vec![Field::Name, Field::FirstName, Field::LastName],
            field => Field::ALL.into_iter().filter(|known| known.slug() == field).collect(),
        };
        let columns: Vec<usize> = fields.iter().filter_map(|field| self.matching.column(*field)).collect();
        let value = columns.iter().map(|column| value(row.cell(*column))).collect::<Vec<_>>().join(" ");
        Problem {
            line: row.line,
            column: columns.first().map_or_else(String::new, |column| self.columns[*column].clone()),
            value: shortened(value.trim(), TOLD),
            reason,
        }
    }

    /// Why a row with this fate was refused; None if it was not.
    pub fn refused(&self, row: &Row, fate: &Fate) -> Option<Problem> {
        match (fate, refusal(fate)?) {
            (Fate::Erased(channel), _) => Some(Self::erased(row, *channel)),
            (_, AppError::Invalid { field, message, .. }) => Some(self.problem(row, &field, message)),
            (_, other) => Some(self.problem(row, "", other.to_string())),
        }
    }

    /// Nothing of the row is told: it would bring back what was erased.
    pub fn erased(row: &Row, channel: Channel) -> Problem {
        Problem {
            line: row.line,
            column: String::new(),
            value: String::new(),
            reason: AppError::from(Refusal::ErasedAddress(channel)).to_string(),
        }
    }

    /// Why a row is skipped whose address or number the file has before.
    pub fn repeated(&self, row: &Row, Repeated { field, line }: Repeated) -> Problem {
        let what = if field == "email" { "email address" } else { "phone number" };
        self.problem(row, field, format!("Line {line} has the same {what}, so this row was skipped."))
    }

    /// For a row that the database refuses.
    pub fn unwritable(&self, row: &Row) -> Problem {
        self.problem(row, "", "This row could not be stored.".to_owned())
    }
}

/// Why what names a customer was refused; None if it was not.
pub fn refusal(fate: &Fate) -> Option<AppError> {
    match fate {
        Fate::Added | Fate::Updated | Fate::Unchanged => None,
        Fate::Erased(channel) => Some(Refusal::ErasedAddress(*channel).into()),
        Fate::NoName => Some(AppError::invalid("name", NO_NAME)),
        Fate::ManyTags => Some(AppError::invalid("tags", MANY_TAGS)),
        Fate::TwoCustomers { by_email, by_phone } => {
            let name = |name: &str| shortened(name, NAME_MAX);
            let (by_email, by_phone) = (name(by_email), name(by_phone));
            let sentence = format!("The email address is {by_email}'s, and the phone number is {by_phone}'s.");
            Some(AppError::Conflict(sentence))
        }
    }
}

/// What may be an address in a row, in whichever cell: in a row that is refused they may stand in wrong ones.
pub fn addresses(row: &Row) -> Vec<(Channel, String)> {
    let address = |cell: &str| {
        let cell = value(cell);
        match cell.contains('@') {
            true => Some((Channel::Email, cell.to_lowercase())),
            false => phone::parse("", cell).ok().filter(|number| !number.is_empty()).map(|n| (Channel::Sms, n)),
        }
    };
    row.cells().filter_map(address).collect()
}

/// Whether a cell says yes; an empty one says no.
fn parse_yes(field: &str, s: &str) -> Result<bool, AppError> {
    match s.to_lowercase().as_str() {
        "" | "0" | "no" | "n" | "false" | "nein" | "non" | "falsch" | "faux" => Ok(false),
        "1" | "yes" | "y" | "true" | "x" | "ja" | "oui" | "si" | "sí" | "wahr" | "vrai" => Ok(true),
        _ => Err(AppError::invalid(field, "Write yes or no.")),
    }
}

/// A cell without what surrounds it and cannot be seen, and without the apostrophe that keeps it from being a formula.
fn value(cell: &str) -> &str {
    let is_unseen =
        |c: char| c.is_whitespace() || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}');
    csv::plain(cell.trim_matches(is_unseen)).trim_matches(is_unseen)
}

/// The line of the file that has an address or a number first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repeated {
    /// `email` or `phone`.
    field: &'static str,
    line: u32,
}

/// Which addresses and numbers the file had so far: their hashes, because a million are kept.
#[derive(Default)]
pub struct Seen {
    lines: HashMap<u64, u32>,
    hasher: RandomState,
}

impl Seen {
    /// Where the row's address or number was before; else it is remembered.
    pub fn before(&mut self, line: u64, form: &CustomerForm) -> Option<Repeated> {
        let named = [("email", &form.email), ("phone", &form.phone)].into_iter().filter(|(_, value)| !value.is_empty());
        let keys: Vec<(&'static str, u64)> = named.map(|named| (named.0, self.hasher.hash_one(named))).collect();
        for (field, key) in &keys {
            if let Some(line) = self.lines.get(key) {
                return Some(Repeated { field, line: *line });
            }
        }
        let line = u32::try_from(line).unwrap_or(u32::MAX);
        self.lines.extend(keys.into_iter().map(|(_, key)| (key, line)));
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{domain::LocationId, server::import::rows::Rows};
    use uuid::Uuid;

    const BERLIN: LocationId = LocationId(Uuid::from_u128(1));

    /// Checks the rows below a header.
    fn check(file: &str) -> Vec<Result<Wanted, Problem>> {
        let mut rows = Rows::new(file.as_bytes(), b',');
        let header: Vec<String> = rows.next().unwrap().unwrap().cells().map(str::to_owned).collect();
        let matching = Matching::guess(&header);
        let checker = Checker::new(header, matching, vec![(BERLIN, "Berlin Mitte".to_owned())], Currency::default());
        let mut found = Vec::new();
        while let Some(row) = rows.next().unwrap() {
            found.push(checker.check(&row));
        }
        found
    }

    #[test]
    fn a_row_is_read_as_the_form_is() {
        let rows = check(
            "First name,Last name,E-mail,Phone,Company,Location,Tags\n\
             \u{a0}Ana , Ruiz\u{200b}, ANA@Example.com ,(201) 555-0123,\"Cup, Saucer\",berlin  MITTE,\"vip, Vip;new\"\n\
             Ben,,ben@example.com,'+442079460958\n",
        );
        let ana = rows[0].as_ref().unwrap();
        assert_eq!((ana.form.name.as_str(), ana.form.company.as_str()), ("Ana Ruiz", "Cup, Saucer"));
        assert_eq!((ana.form.email.as_str(), ana.form.phone.as_str()), ("ana@example.com", "+12015550123"));
        assert_eq!((ana.location, &ana.tags), (Some(BERLIN), &vec!["vip".to_owned(), "new".into()]));
        let ben = rows[1].as_ref().unwrap();
        assert_eq!((ben.form.name.as_str(), ben.form.phone.as_str()), ("Ben", "+442079460958"));
        assert!(ben.location.is_none() && ben.tags.is_empty() && ben.form.company.is_empty());
    }

    #[test]
    fn a_refused_row_says_what_is_wrong_and_where() {
        let rows = check(
            "Name,Email,Phone,Location,Date\n\
             Ana,ana@example,,,\n\
             Ben,ben@example.com,12,,\n\
             Cem,,,,\n\
             Dot,dot@example.com,,Paris,\n\
             \"two\nlines\",eve@example.com,,,\n\
             Fay,fay@example.com,,,,,x\n\
             Hal,hal@example.com,,,3/4/2026\n\
             Gil,gil@example.com,,,2026-04-03,,\n",
        );
        for (i, (line, column, value, words)) in [
            (2, "Email", "ana@example", "such as ana@example.com"),
            (3, "Phone", "12", "Write a phone number"),
            (4, "", "", "neither an email address nor a phone number"),
            (5, "Location", "Paris", "no location of this name"),
            (6, "Name", "two lines", "one line"),
            (8, "", "", "7 cells and the file 5 columns"),
            (9, "Date", "3/4/2026", "This may be 3 April or 4 March."),
        ]
        .into_iter()
        .enumerate()
        {
            let problem = rows[i].as_ref().unwrap_err();
            assert_eq!((problem.line, problem.column.as_str(), problem.value.as_str()), (line, column, value));
            assert!(problem.reason.contains(words), "{problem:?}");
        }
        let gil = rows[7].as_ref().unwrap();
        assert_eq!(gil.visited_on, Some(20_546), "empty cells at the end say nothing");
    }

    #[test]
    fn a_row_may_bring_a_charge() {
        let rows = check(
            "Email,Amount,Currency,Payment date,Invoice,Recurring\n\
             a@example.com,\"1.234,50\",eur,24.11.2026,A-1,yes\n\
             b@example.com,,,,,\n\
             c@example.com,49.9,,2026-11-24,,\n\
             d@example.com,49.9,,,,\n\
             e@example.com,lots,,2026-11-24,,\n\
             f@example.com,5,EURO,2026-11-24,,\n\
             g@example.com,5,,2026-11-24,,perhaps\n",
        );
        let of = |i: usize| rows[i].as_ref().unwrap().charge.clone();
        let first = of(0).unwrap();
        assert_eq!((first.money.to_string().as_str(), first.is_subscription), ("1,234.50 EUR", true));
        assert_eq!((first.external_id.as_str(), first.on.to_string().as_str()), ("A-1", "2026-11-24"));
        assert_eq!((of(1), of(2).unwrap().money.to_string().as_str()), (None, "49.90 USD"));
        let refused = |i: usize| rows[i].as_ref().unwrap_err().column.as_str();
        assert_eq!([3, 4, 5, 6].map(refused), ["Payment date", "Amount", "Currency", "Recurring"]);
    }

    #[test]
    fn what_the_file_has_twice_is_known_by_address_or_number() {
        let mut seen = Seen::default();
        let mut before = |line, email: &str, phone: &str| {
            let form = CustomerForm { email: email.into(), phone: phone.into(), ..CustomerForm::default() };
            seen.before(line, &form).map(|repeated| (repeated.field, repeated.line))
        };
        assert_eq!(before(2, "a@example.com", ""), None);
        assert_eq!(before(3, "b@example.com", "+12015550123"), None);
        assert_eq!(before(4, "a@example.com", "+12015550123"), Some(("email", 2)));
        assert_eq!(before(5, "c@example.com", "+12015550123"), Some(("phone", 3)));
        assert_eq!(before(6, "c@example.com", ""), None);
    }
}
