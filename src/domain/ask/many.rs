//! Whom to ask, where it is many at once.

use crate::domain::{
    AppError, AppResult,
    bulk::NAMED_MAX,
    customer::bulk::{CustomerSelection, CustomerSelectionForm},
};
use serde::{Deserialize, Serialize};

/// The customers who are asked, as a form submits them: a selection, or a list of addresses.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct WhomForm {
    pub selection: CustomerSelectionForm,
    /// Instead of the selection: email addresses and phone numbers, each on a line of its own, or separated by commas or
    /// semicolons.
    pub list: String,
    /// That the list counts, also where it is empty.
    pub is_list: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whom {
    Selected(CustomerSelection),
    /// Addresses as they were written, without repeats; at most [`NAMED_MAX`].
    Listed(Vec<String>),
}

impl WhomForm {
    pub fn selected(selection: CustomerSelectionForm) -> Self {
        Self { selection, ..Self::default() }
    }

    pub fn listed(list: String) -> Self {
        Self { list, is_list: true, ..Self::default() }
    }

    /// # Errors
    /// `Invalid` where nobody is named, or too many are named one by one.
    pub fn check(self) -> AppResult<Whom> {
        if self.is_list { listed(&self.list).map(Whom::Listed) } else { self.selection.check().map(Whom::Selected) }
    }
}

fn listed(list: &str) -> AppResult<Vec<String>> {
    let parts = list.split(['\n', '\r', ',', ';', '\t']).map(str::trim).filter(|part| !part.is_empty());
    let mut addresses: Vec<String> = Vec::new();
    for part in parts {
        if addresses.iter().any(|known| known == part) {
            continue;
        }
        if addresses.len() == NAMED_MAX {
            let sentence = "A list has at most 1,000 addresses. Import a longer one as customers, and select those.";
            return Err(AppError::invalid("list", sentence));
        }
        addresses.push(part.to_owned());
    }
    if addresses.is_empty() {
        return Err(AppError::invalid("list", "Write email addresses or phone numbers, each on a line of its own."));
    }
    Ok(addresses)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_line_by_line_and_an_empty_one_is_nobody() {
        let check = |list: &str| WhomForm::listed(list.into()).check();
        let two = Whom::Listed(vec!["a@b.example".into(), "+1 207 555".into()]);
        assert_eq!(check(" a@b.example,\r\n+1 207 555;a@b.example\n"), Ok(two));
        let long = |n: usize| (0..n).map(|n| format!("a{n}@b.example")).collect::<Vec<_>>().join("\n");
        assert!(check(&long(1_000)).is_ok());
        for wrong in ["", " ,;\n", &long(1_001)] {
            assert!(check(wrong).unwrap_err().for_field("list").is_some());
        }
        assert!(WhomForm::default().check().unwrap_err().for_field("ids").is_some());
        let all = CustomerSelectionForm { all: true, ..CustomerSelectionForm::default() };
        assert!(matches!(WhomForm::selected(all).check(), Ok(Whom::Selected(_))));
    }
}
