//! Lists in parts: how many at a time, and where the next part begins.

use crate::domain::{AppError, AppResult};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Type, schema::Schema},
};

/// A part of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Part<T> {
    pub data: Vec<T>,
    /// Where the next part begins: send it as `cursor`, with the same query beside. Null in the last part.
    pub next_cursor: Option<String>,
}

/// How many of a list come at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "u16")]
pub struct Limit(u16);

impl Limit {
    const MOST: u16 = 100;

    pub fn rows(self) -> u16 {
        self.0
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self(50)
    }
}

impl TryFrom<u16> for Limit {
    type Error = String;

    fn try_from(number: u16) -> Result<Self, String> {
        let sentence = || format!("limit is a number from 1 to {}", Self::MOST);
        (1..=Self::MOST).contains(&number).then_some(Self(number)).ok_or_else(sentence)
    }
}

impl PartialSchema for Limit {
    fn schema() -> RefOr<Schema> {
        let number = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1)).maximum(Some(Self::MOST));
        number.default(Some(Self::default().0.into())).into()
    }
}

impl ToSchema for Limit {}

/// A position as a client has it.
pub fn written(position: &str) -> String {
    URL_SAFE_NO_PAD.encode(position)
}

/// The position that a client has sent, read by `read`.
///
/// # Errors
/// `NotFound` for what no answer has had.
pub fn read<T>(cursor: Option<&str>, read: impl FnOnce(&str) -> Option<T>) -> AppResult<Option<T>> {
    let Some(cursor) = cursor.filter(|cursor| !cursor.is_empty()) else { return Ok(None) };
    let text = URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let position = text.and_then(|text| read(&text));
    let sentence = "There is no such position: send the cursor as the answer before had it, or none for the beginning.";
    position.map(Some).ok_or_else(|| AppError::NotFound(sentence.into()))
}

/// A part of a list of which one more than the limit was read, to know whether others follow.
pub fn part<R, T>(mut rows: Vec<R>, limit: Limit, position: impl Fn(&R) -> String, show: impl Fn(R) -> T) -> Part<T> {
    let is_more = rows.len() > usize::from(limit.rows());
    rows.truncate(limit.rows().into());
    let next_cursor = rows.last().filter(|_| is_more).map(|last| written(&position(last)));
    Part { data: rows.into_iter().map(show).collect(), next_cursor }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_written() {
        let number = |text: &str| text.parse::<u32>().ok();
        assert_eq!(read(Some(&written("42")), number), Ok(Some(42)));
        assert_eq!((read(None, number), read(Some(""), number)), (Ok(None), Ok(None)));
        for wrong in ["42", "é", &written("x")] {
            assert!(matches!(read(Some(wrong), number), Err(AppError::NotFound(_))), "{wrong}");
        }
    }

    #[test]
    fn the_last_part_has_no_cursor() {
        let limit = Limit(2);
        let first = part(vec![1, 2, 3], limit, u8::to_string, |n| n * 10);
        assert_eq!((first.data, first.next_cursor), (vec![10, 20], Some(written("2"))));
        let last = part(vec![3, 4], limit, u8::to_string, |n| n);
        assert_eq!((last.data, last.next_cursor), (vec![3, 4], None));
    }
}
