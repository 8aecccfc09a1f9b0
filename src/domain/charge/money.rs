//! Amounts of money, in the smallest unit of their currency: no sum is ever rounded.

use crate::domain::{AppError, AppResult, stats::thousands};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The most that one charge may be, in the smallest unit: a sum of a million of them is still exact.
pub const AMOUNT_MAX: i64 = 1_000_000_000_000;

/// The currencies of ISO 4217 that people pay with.
const CODES: &str = "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF \
    CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR \
    ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU \
    MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD \
    SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XCG XOF \
    XPF YER ZAR ZMW ZWG";
/// Those whose smallest unit is the whole, and those with a thousandth.
const WHOLE: &str = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF";
const THOUSANDTHS: &str = "BHD IQD JOD KWD LYD OMR TND";

/// A currency, by its code of ISO 4217.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

impl Default for Currency {
    fn default() -> Self {
        Self(*b"USD")
    }
}

impl Currency {
    /// None for what is no code; small letters are capitals.
    pub fn from_code(code: &str) -> Option<Self> {
        let code = code.to_ascii_uppercase();
        let bytes = code.as_bytes().try_into().ok()?;
        CODES.split_ascii_whitespace().any(|known| known == code).then_some(Self(bytes))
    }

    /// # Errors
    /// `Invalid` for what is no code.
    pub fn parse(field: &str, s: &str) -> AppResult<Self> {
        let sentence = "Write the currency by its three letters, such as EUR or USD.";
        Self::from_code(s.trim()).ok_or_else(|| AppError::invalid(field, sentence))
    }

    pub fn code(&self) -> &str {
        str::from_utf8(&self.0).unwrap_or("USD")
    }

    /// How many digits after the point its amounts have.
    pub fn digits(&self) -> usize {
        let is_in = |list: &str| list.split_ascii_whitespace().any(|code| code == self.code());
        if is_in(WHOLE) {
            0
        } else if is_in(THOUSANDTHS) {
            3
        } else {
            2
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.code().to_owned()
    }
}

impl TryFrom<String> for Currency {
    type Error = String;
    fn try_from(code: String) -> Result<Self, String> {
        Self::from_code(&code).ok_or_else(|| format!("{code:?} is no currency"))
    }
}

/// An amount of one currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Money {
    /// In the currency's smallest unit.
    pub amount: i64,
    pub currency: Currency,
}

impl Money {
    /// Reads an amount as forms and files have it: 49.90, 49,90, 1,234.50, 1.234,50, 1 234,50, €49.90, 49.90 EUR. `currency` is the
    /// code where there is one; else the amount may name it, and else it is `default`. The fields are those of the two texts.
    ///
    /// # Errors
    /// `Invalid` for what is no amount, may be two, or names another currency.
    pub fn parse(fields: (&str, &str), amount: &str, currency: &str, default: Currency) -> AppResult<Self> {
        let (number, named) = split(amount.trim());
        let given = match currency.trim() {
            "" => None,
            code => Some(Currency::parse(fields.1, code)?),
        };
        let invalid = |sentence: String| AppError::invalid(fields.0, sentence);
        let of_sign = |sign: &str| match sign {
            "€" => Some(Currency(*b"EUR")),
            "£" => Some(Currency(*b"GBP")),
            code => Currency::from_code(code),
        };
        let named = match named {
            // Many currencies have these signs.
            "" | "$" | "¥" => None,
            sign => Some(of_sign(sign).ok_or_else(|| invalid(WRITE.to_owned()))?),
        };
        if let (Some(given), Some(named)) = (given, named)
            && given != named
        {
            return Err(invalid(format!("The amount is in {named}, and the currency is {given}.")));
        }
        let currency = given.or(named).unwrap_or(default);
        let amount = minor(number, currency).map_err(invalid)?;
        Ok(Self { amount, currency })
    }

    /// The amount alone, as a form has it: `1234.50`.
    pub fn plain(self) -> String {
        let (whole, part) = self.parts();
        if part.is_empty() { whole.to_string() } else { format!("{whole}.{part}") }
    }

    fn parts(self) -> (u64, String) {
        let digits = self.currency.digits();
        let unit = 10_u64.pow(digits as u32);
        let amount = self.amount.unsigned_abs();
        let part = if digits == 0 { String::new() } else { format!("{:0digits$}", amount % unit) };
        (amount / unit, part)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, part) = self.parts();
        let sign = if self.amount < 0 { "−" } else { "" };
        let point = if part.is_empty() { "" } else { "." };
        write!(f, "{sign}{}{point}{part} {}", thousands(whole), self.currency)
    }
}

const WRITE: &str = "Write an amount such as 49.90.";

/// An amount without what stands before or after its number, and that.
fn split(amount: &str) -> (&str, &str) {
    let is_number = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '(' | '−');
    let start = amount.find(is_number).unwrap_or(amount.len());
    let end = amount.rfind(|c: char| c.is_ascii_digit() || c == ')').map_or(start, |end| end + 1).max(start);
    let (before, after) = (amount[..start].trim(), amount[end..].trim());
    match (before, after) {
        ("", sign) | (sign, "") => (&amount[start..end], sign),
        // Two signs: the number is none.
        _ => ("", ""),
    }
}

/// Reads a number as an amount in the smallest unit.
fn minor(number: &str, currency: Currency) -> Result<i64, String> {
    if number.starts_with(['-', '−', '(']) {
        return Err("An amount can't be negative: a refund is no charge.".to_owned());
    }
    // What stands between thousands in some countries.
    let number = number.replace(['\u{a0}', '\u{202f}', '\u{2009}', '’', '\''], " ");
    let digits = currency.digits();
    let (whole, part) = parts(&number, digits)?;
    // Databases add zeros: 49.9000.
    let (kept, zeros) = part.split_at_checked(part.len().min(digits)).unwrap_or_default();
    if !part.bytes().all(|b| b.is_ascii_digit()) {
        return Err(WRITE.to_owned());
    }
    if !zeros.bytes().all(|b| b == b'0') {
        return Err(match digits {
            0 => format!("{currency} has no parts: write a whole amount."),
            n => format!("{currency} has {n} digits after the point."),
        });
    }
    let all = format!("{whole}{kept}{}", "0".repeat(digits - kept.len()));
    let amount = all.parse().ok().filter(|amount| *amount <= AMOUNT_MAX);
    amount.ok_or_else(|| "This amount is too large.".to_owned())
}

/// The digits of the whole, and what follows the point.
fn parts(number: &str, digits: usize) -> Result<(String, &str), String> {
    let whole = |number: &str, group| ungrouped(number, group).ok_or_else(|| WRITE.to_owned());
    let Some(at) = number.rfind(['.', ',']) else { return Ok((whole(number, ' ')?, "")) };
    let sign = char::from(number.as_bytes()[at]);
    let (before, after) = (&number[..at], &number[at + 1..]);
    let may_group = after.len() == 3 && (1..=3).contains(&before.len()) && before.bytes().all(|b| b.is_ascii_digit());
    if before.contains(sign) || may_group && digits == 0 {
        // 1,234,567
        return Ok((whole(number, sign)?, ""));
    }
    if may_group && !(digits == 3 && sign == '.') {
        let thousands = format!("{before}{after}");
        return Err(format!("This may be {thousands} or {before}.{after}. Write {thousands}.00 if it is the first."));
    }
    if after.is_empty() {
        return Err(WRITE.to_owned());
    }
    let other = if sign == '.' { ',' } else { '.' };
    Ok((whole(before, if before.contains(other) { other } else { ' ' })?, after))
}

/// The digits of a whole number, whose thousands may be set apart by one sign.
fn ungrouped(number: &str, group: char) -> Option<String> {
    let parts: Vec<&str> = number.split(group).collect();
    let is_digits = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let is_grouped = parts.len() == 1 || (parts[0].len() <= 3 && parts[1..].iter().all(|part| part.len() == 3));
    (parts.iter().all(is_digits) && is_grouped).then(|| parts.concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(amount: &str, currency: &str) -> Result<String, String> {
        let money = Money::parse(("amount", "currency"), amount, currency, Currency::default());
        money.map(|money| format!("{} {}", money.plain(), money.currency)).map_err(|error| match error {
            AppError::Invalid { field, .. } => field,
            other => panic!("{other:?}"),
        })
    }

    #[test]
    fn an_amount_is_read_as_people_write_it() {
        for (amount, currency, wanted) in [
            ("49.90", "", "49.90 USD"),
            ("49,9", "", "49.90 USD"),
            ("49.9000", "", "49.90 USD"),
            ("49", "eur", "49.00 EUR"),
            ("1,234.50", "", "1234.50 USD"),
            ("1.234,50", "EUR", "1234.50 EUR"),
            ("1 234,50", "", "1234.50 USD"),
            ("1\u{202f}234", "EUR", "1234.00 EUR"),
            ("1'234.50", "CHF", "1234.50 CHF"),
            ("1,234,567", "", "1234567.00 USD"),
            ("€49.90", "", "49.90 EUR"),
            ("£ 5", "", "5.00 GBP"),
            ("$5.00", "CAD", "5.00 CAD"),
            ("49,90 EUR", "", "49.90 EUR"),
            ("1,234", "JPY", "1234 JPY"),
            ("1.234", "KWD", "1.234 KWD"),
            ("0", "", "0.00 USD"),
            (".5", "", "amount"),
        ] {
            assert_eq!(read(amount, currency).unwrap_or_else(|field| field), wanted, "{amount} {currency}");
        }
    }

    #[test]
    fn what_is_no_amount_or_may_be_two_is_refused() {
        for (amount, currency, field) in [
            ("", "", "amount"),
            ("free", "", "amount"),
            ("-5", "", "amount"),
            ("(5.00)", "", "amount"),
            ("1,234", "", "amount"),
            ("1.234", "EUR", "amount"),
            ("12,34.50", "", "amount"),
            ("1.234.50", "", "amount"),
            ("5.", "", "amount"),
            ("5.001", "", "amount"),
            ("5.5", "JPY", "amount"),
            ("€5", "USD", "amount"),
            ("5 XYZ", "", "amount"),
            ("$5 EUR", "", "amount"),
            ("5", "dollar", "currency"),
            ("99999999999999999999", "", "amount"),
        ] {
            assert_eq!(read(amount, currency), Err(field.to_owned()), "{amount} {currency}");
        }
        let two = Money::parse(("amount", "currency"), "1.234", "", Currency::default()).unwrap_err().to_string();
        assert!(two.contains("This may be 1234 or 1.234."), "{two}");
    }

    #[test]
    fn an_amount_is_shown_with_its_currency() {
        let money = |amount, code| Money { amount, currency: Currency::from_code(code).unwrap() }.to_string();
        assert_eq!(money(123_456, "EUR"), "1,234.56 EUR");
        assert_eq!(money(5, "USD"), "0.05 USD");
        assert_eq!(money(1_234, "JPY"), "1,234 JPY");
        assert_eq!(money(1_234, "KWD"), "1.234 KWD");
    }

    #[test]
    fn currencies_have_three_letters_each_once() {
        let codes: Vec<&str> = CODES.split_ascii_whitespace().collect();
        assert!(codes.is_sorted_by(|a, b| a < b) && codes.iter().all(|code| code.len() == 3));
        for code in WHOLE.split_ascii_whitespace().chain(THOUSANDTHS.split_ascii_whitespace()) {
            assert!(codes.contains(&code), "{code}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(amount in 0..AMOUNT_MAX, of in prop::sample::select(vec!["USD", "JPY", "KWD"])) {
            let currency = Currency::from_code(of).unwrap();
            let money = Money { amount, currency };
            for text in [money.plain(), money.to_string()] {
                let read = Money::parse(("amount", "currency"), &text, of, Currency::default());
                prop_assert_eq!(read, Ok(money), "{}", text);
            }
        }

        #[test]
        fn nothing_makes_it_panic(text in "[-0-9.,' €$A-Z()\u{a0}\u{202f}−ü]{0,12}") {
            let _ = Money::parse(("amount", "currency"), &text, "", Currency::default());
        }
    }
}
