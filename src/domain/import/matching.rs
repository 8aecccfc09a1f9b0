//! Which column of a file holds what.

use crate::domain::{AppError, AppResult};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a column can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    Name,
    FirstName,
    LastName,
    Email,
    Phone,
    Company,
    Location,
    Tags,
    Visited,
    ChargeAmount,
    ChargeOn,
    ChargeCurrency,
    ChargeId,
    Subscription,
}

impl Field {
    pub const ALL: [Self; 14] = [
        Self::Name,
        Self::FirstName,
        Self::LastName,
        Self::Email,
        Self::Phone,
        Self::Company,
        Self::Location,
        Self::Tags,
        Self::Visited,
        Self::ChargeAmount,
        Self::ChargeOn,
        Self::ChargeCurrency,
        Self::ChargeId,
        Self::Subscription,
    ];

    /// What a row says of a charge, beside its amount.
    const OF_CHARGE: [Self; 4] = [Self::ChargeOn, Self::ChargeCurrency, Self::ChargeId, Self::Subscription];

    /// Its name in the form, and in what is stored.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::FirstName => "first_name",
            Self::LastName => "last_name",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Company => "company",
            Self::Location => "location",
            Self::Tags => "tags",
            Self::Visited => "visited",
            Self::ChargeAmount => "charge_amount",
            Self::ChargeOn => "charge_on",
            Self::ChargeCurrency => "charge_currency",
            Self::ChargeId => "charge_id",
            Self::Subscription => "subscription",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Name => "Name",
            Self::FirstName => "First name",
            Self::LastName => "Last name",
            Self::Email => "Email",
            Self::Phone => "Phone",
            Self::Company => "Company",
            Self::Location => "Location",
            Self::Tags => "Tags",
            Self::Visited => "Date of visit",
            Self::ChargeAmount => "Charge: amount",
            Self::ChargeOn => "Charge: date",
            Self::ChargeCurrency => "Charge: currency",
            Self::ChargeId => "Charge: external ID",
            Self::Subscription => "Charge: subscription",
        }
    }

    /// What headers call it, in lower case and without accents, spaces and signs.
    fn names(self) -> &'static [&'static str] {
        match self {
            Self::Name => &[
                "name",
                "fullname",
                "customer",
                "customername",
                "client",
                "clientname",
                "contact",
                "contactname",
                "kunde",
                "kundenname",
                "nomcomplet",
                "nombre",
                "nombrecompleto",
            ],
            Self::FirstName => &["firstname", "first", "givenname", "forename", "vorname", "prenom"],
            Self::LastName => &[
                "lastname",
                "last",
                "surname",
                "familyname",
                "nachname",
                "familienname",
                "nom",
                "apellido",
                "apellidos",
            ],
            Self::Email => &[
                "email",
                "emailaddress",
                "mail",
                "customeremail",
                "emailadresse",
                "mailadresse",
                "adressemail",
                "adresseemail",
                "courriel",
                "correo",
                "correoelectronico",
            ],
            Self::Phone => &[
                "phone",
                "phonenumber",
                "telephone",
                "tel",
                "mobile",
                "mobilephone",
                "mobilenumber",
                "cell",
                "cellphone",
                "telefon",
                "telefonnummer",
                "handy",
                "handynummer",
                "mobil",
                "telefono",
                "movil",
                "portable",
            ],
            Self::Company => &[
                "company",
                "companyname",
                "organisation",
                "organization",
                "business",
                "firma",
                "unternehmen",
                "entreprise",
                "societe",
                "empresa",
            ],
            Self::Location => &[
                "location",
                "branch",
                "store",
                "shop",
                "site",
                "filiale",
                "standort",
                "agence",
                "sucursal",
                "ubicacion",
            ],
            Self::Tags => {
                &["tags", "tag", "labels", "label", "groups", "group", "schlagworte", "etiquetas", "etiquettes"]
            }
            Self::Visited => &[
                "dateofvisit",
                "visitdate",
                "visited",
                "visitedon",
                "lastvisit",
                "visit",
                "date",
                "appointment",
                "appointmentdate",
                "purchasedate",
                "orderdate",
                "besuch",
                "besuchsdatum",
                "datum",
                "datedevisite",
                "visite",
                "fechadevisita",
                "fecha",
            ],
            Self::ChargeAmount => &[
                "amount",
                "chargeamount",
                "charge",
                "total",
                "totalamount",
                "ordertotal",
                "price",
                "betrag",
                "summe",
                "montant",
                "importe",
            ],
            Self::ChargeOn => &[
                "chargedate",
                "dateofcharge",
                "chargedon",
                "paymentdate",
                "paiddate",
                "paidon",
                "invoicedate",
                "transactiondate",
                "zahlungsdatum",
                "rechnungsdatum",
                "datedepaiement",
                "fechadepago",
            ],
            Self::ChargeCurrency => &["currency", "chargecurrency", "wahrung", "waehrung", "devise", "moneda"],
            Self::ChargeId => &[
                "chargeid",
                "externalid",
                "invoicenumber",
                "invoiceid",
                "invoice",
                "ordernumber",
                "orderid",
                "transactionid",
                "paymentid",
                "rechnungsnummer",
                "numerodefacture",
                "numerodefactura",
            ],
            Self::Subscription => &["subscription", "issubscription", "recurring", "abo", "abonnement", "suscripcion"],
        }
    }
}

/// The column of each field that the file has, counted from 0.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Matching(BTreeMap<String, u16>);

impl Matching {
    pub fn column(&self, field: Field) -> Option<usize> {
        self.0.get(field.slug()).map(|column| usize::from(*column))
    }

    fn set(&mut self, field: Field, column: usize) {
        if let Ok(column) = u16::try_from(column) {
            self.0.insert(field.slug().to_owned(), column);
        }
    }

    /// What the names of the columns say. Of two columns with one meaning, the first.
    pub fn guess(columns: &[String]) -> Self {
        let columns: Vec<String> = columns.iter().map(|name| folded(name)).collect();
        let mut guess = Self::default();
        for field in Field::ALL {
            if let Some(column) = columns.iter().position(|name| field.names().contains(&name.as_str())) {
                guess.set(field, column);
            }
        }
        match (guess.column(Field::Name), guess.column(Field::FirstName), guess.column(Field::LastName)) {
            // "Name" beside "Surname" is the first name.
            (Some(name), None, Some(_)) => {
                guess.0.remove(Field::Name.slug());
                guess.set(Field::FirstName, name);
            }
            (Some(_), Some(_), _) => {
                guess.0.remove(Field::FirstName.slug());
                guess.0.remove(Field::LastName.slug());
            }
            _ => {}
        }
        // An amount without a day is no charge, and neither is the rest without an amount.
        if !guess.has_charges() {
            guess.0.remove(Field::ChargeAmount.slug());
            for field in Field::OF_CHARGE {
                guess.0.remove(field.slug());
            }
        }
        guess
    }

    fn has_charges(&self) -> bool {
        self.column(Field::ChargeAmount).is_some() && self.charge_day().is_some()
    }

    /// The column of the day of a charge: that of the visit, where there is no other.
    pub fn charge_day(&self) -> Option<usize> {
        self.column(Field::ChargeOn).or_else(|| self.column(Field::Visited))
    }

    /// How many fields have a column.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What was chosen in the form: for each field the number of a column of the file, or nothing.
    ///
    /// # Errors
    /// `Invalid` for a choice with which no row could be imported.
    pub fn check(form: &BTreeMap<String, String>, columns: &[String]) -> AppResult<Self> {
        let mut matching = Self::default();
        for field in Field::ALL {
            let chosen = form.get(field.slug()).map(|chosen| chosen.trim()).unwrap_or_default();
            if chosen.is_empty() {
                continue;
            }
            let invalid = |sentence: String| AppError::invalid(field.slug(), sentence);
            let column = chosen.parse().ok().filter(|column| *column < columns.len());
            let column = column.ok_or_else(|| invalid("Choose one of the file's columns.".to_owned()))?;
            if let Some(other) = Field::ALL.into_iter().find(|other| matching.column(*other) == Some(column)) {
                return Err(invalid(format!(
                    "The column {} is chosen for {} already.",
                    columns[column],
                    other.label().to_lowercase()
                )));
            }
            matching.set(field, column);
        }
        let has = |field| matching.column(field).is_some();
        if !has(Field::Email) && !has(Field::Phone) {
            let sentence =
                "Choose the column of the email addresses or of the phone numbers: customers are known by them.";
            return Err(AppError::invalid(Field::Email.slug(), sentence));
        }
        if has(Field::Name) && (has(Field::FirstName) || has(Field::LastName)) {
            let sentence = "Choose either a column of whole names, or columns of first and last names.";
            return Err(AppError::invalid(Field::Name.slug(), sentence));
        }
        if has(Field::ChargeAmount) && matching.charge_day().is_none() {
            let sentence = "Choose the column of the charges' dates, too, or that of the dates of visit.";
            return Err(AppError::invalid(Field::ChargeOn.slug(), sentence));
        }
        if let Some(field) = Field::OF_CHARGE.into_iter().find(|field| has(*field) && !has(Field::ChargeAmount)) {
            let sentence = "Choose the column of the charges' amounts, too.";
            return Err(AppError::invalid(field.slug(), sentence));
        }
        Ok(matching)
    }
}

/// In lower case, letters and digits only, without the accents of western languages.
fn folded(name: &str) -> String {
    let plain = |c| match c {
        'á' | 'à' | 'â' | 'ä' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'ó' | 'ò' | 'ô' | 'ö' => 'o',
        'ú' | 'ù' | 'û' | 'ü' => 'u',
        'ç' => 'c',
        c => c,
    };
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn guessed(names: &[&str]) -> Vec<(&'static str, usize)> {
        let guess = Matching::guess(&columns(names));
        Field::ALL.into_iter().filter_map(|field| Some((field.slug(), guess.column(field)?))).collect()
    }

    #[test]
    fn headers_say_what_columns_hold() {
        assert_eq!(
            guessed(&["Name", "E-Mail", "Phone number", "TAGS"]),
            [("name", 0), ("email", 1), ("phone", 2), ("tags", 3)]
        );
        assert_eq!(
            guessed(&["Nachname", "Vorname", "E-Mail-Adresse", "Firma"]),
            [("first_name", 1), ("last_name", 0), ("email", 2), ("company", 3)]
        );
        assert_eq!(
            guessed(&["nombre", "apellidos", "correo electrónico", "teléfono"]),
            [("first_name", 0), ("last_name", 1), ("email", 2), ("phone", 3)]
        );
        assert_eq!(
            guessed(&["Prénom", "Nom", "email_address", "email"]),
            [("first_name", 0), ("last_name", 1), ("email", 2)]
        );
        assert_eq!(guessed(&["Full Name", "First", "Email"]), [("name", 0), ("email", 2)]);
        assert!(Matching::guess(&columns(&["id", "amount", "currency", ""])).is_empty(), "an amount of no day");
        assert_eq!(
            guessed(&["Email", "Amount", "Currency", "Payment date", "Invoice number", "Recurring"]),
            [
                ("email", 0),
                ("charge_amount", 1),
                ("charge_on", 3),
                ("charge_currency", 2),
                ("charge_id", 4),
                ("subscription", 5)
            ]
        );
        assert_eq!(guessed(&["Email", "Total", "Order date"]), [("email", 0), ("visited", 2), ("charge_amount", 1)]);
    }

    fn checked(pairs: &[(&str, &str)]) -> AppResult<Matching> {
        let form = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Matching::check(&form, &columns(&["a", "b", "c"]))
    }

    #[test]
    fn what_is_chosen_is_checked() {
        let good = checked(&[("email", "2"), ("name", "0"), ("phone", "")]).unwrap();
        assert_eq!((good.column(Field::Email), good.column(Field::Name), good.len()), (Some(2), Some(0), 2));
        for (pairs, field) in [
            (vec![("name", "0")], "email"),
            (vec![("email", "3")], "email"),
            (vec![("email", "x")], "email"),
            (vec![("email", "1"), ("phone", "1")], "phone"),
            (vec![("email", "1"), ("name", "0"), ("last_name", "2")], "name"),
            (vec![("email", "1"), ("charge_amount", "0")], "charge_on"),
            (vec![("email", "1"), ("charge_id", "0")], "charge_id"),
        ] {
            assert!(checked(&pairs).unwrap_err().for_field(field).is_some(), "{pairs:?}");
        }
    }

    #[test]
    fn what_is_stored_is_read_back() {
        let matching = checked(&[("email", "2"), ("tags", "1")]).unwrap();
        let json = serde_json::to_string(&matching).unwrap();
        assert_eq!(json, r#"{"email":2,"tags":1}"#);
        assert_eq!(serde_json::from_str::<Matching>(&json).unwrap(), matching);
    }
}
