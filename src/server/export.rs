//! The messages or customers of a filter as a file, made while it is sent: however many they are, some hundred are in memory at a time.

use crate::{
    domain::{
        AppError, AppResult, LocalTime, LocationId,
        bulk::{BulkKind, BulkRow},
        csv::{BYTE_ORDER_MARK, push_record},
        customer::CustomerRow,
        message::MessageRow,
    },
    server::store::{bulk, customers, messages, projects},
};
use futures::{Stream, StreamExt, stream};
use std::collections::HashMap;

const CUSTOMER: [&str; 15] = [
    "Name",
    "Company",
    "Email",
    "Phone",
    "Location",
    "Tags",
    "Date of visit",
    "Added",
    "Last messaged",
    "Review requested",
    "Clicked",
    "Reviewed",
    "Rating",
    "Unsubscribed",
    "Archived",
];

const MESSAGE: [&str; 14] = [
    "UUID",
    "Customer",
    "Sent to",
    "Channel",
    "Template",
    "Request",
    "Status",
    "Scheduled",
    "Sent",
    "Delivered",
    "Opened",
    "Clicked",
    "Failed because",
    "Rating",
];

const BULK: [&str; 7] = ["UUID", "Customer", "Sent to", "Channel", "Template", "Result", "Because"];

/// The parts of the file. If one cannot be read, the file ends with the error, so that nobody takes it for whole.
pub async fn customers(export: customers::Export) -> AppResult<impl Stream<Item = AppResult<String>>> {
    let locations = projects::locations(export.viewer()).await?;
    let names: HashMap<LocationId, String> =
        locations.into_iter().map(|location| (location.id, location.name)).collect();
    let rows = stream::try_unfold((export, names), async |(mut export, names)| {
        let rows = export.next().await?;
        let mut part = String::with_capacity(rows.len() * 128);
        rows.iter().for_each(|row| push_customer(&mut part, row, &names));
        Ok::<_, AppError>((!part.is_empty()).then_some((part, (export, names))))
    });
    Ok(below(&CUSTOMER, rows))
}

/// Likewise.
pub fn messages(export: messages::Export) -> impl Stream<Item = AppResult<String>> {
    let rows = stream::try_unfold(export, async |mut export| {
        let rows = export.next().await?;
        let mut part = String::with_capacity(rows.len() * 192);
        rows.iter().for_each(|row| push_message(&mut part, row));
        Ok::<_, AppError>((!part.is_empty()).then_some((part, export)))
    });
    below(&MESSAGE, rows)
}

/// Likewise: what became of each message of a bulk action.
pub fn bulk_rows(rows: bulk::Rows) -> impl Stream<Item = AppResult<String>> {
    let parts = stream::try_unfold(rows, async |mut rows| {
        let (kind, some) = (rows.kind(), rows.next().await?);
        let mut part = String::with_capacity(some.len() * 128);
        some.iter().for_each(|row| push_bulk(&mut part, row, kind));
        Ok::<_, AppError>((!part.is_empty()).then_some((part, rows)))
    });
    below(&BULK, parts)
}

/// The names of the columns, and what follows.
fn below(
    columns: &'static [&'static str],
    rows: impl Stream<Item = AppResult<String>>,
) -> impl Stream<Item = AppResult<String>> {
    let mut head = BYTE_ORDER_MARK.to_owned();
    push_record(&mut head, columns.iter().copied());
    stream::once(async { Ok(head) }).chain(rows)
}

fn push_customer(out: &mut String, row: &CustomerRow, locations: &HashMap<LocationId, String>) {
    let location = row.location.and_then(|id| locations.get(&id)).map(String::as_str).unwrap_or_default();
    let times = [Some(row.added), row.last_messaged, row.requested, row.clicked, row.reviewed].map(written);
    let [added, messaged, requested, clicked, reviewed] = &times;
    let rating = row.rating.map(|rating| rating.stars().to_string()).unwrap_or_default();
    let (unsubscribed, archived) = (written(row.unsubscribed), written(row.archived));
    let tags = row.tags.join(", ");
    push_record(
        out,
        [
            row.name.as_str(),
            &row.company,
            &row.email,
            &row.phone,
            location,
            &tags,
            &row.visited.map(|day| day.to_string()).unwrap_or_default(),
            added,
            messaged,
            requested,
            clicked,
            reviewed,
            &rating,
            &unsubscribed,
            &archived,
        ],
    );
}

fn push_message(out: &mut String, row: &MessageRow) {
    let times = [Some(row.scheduled), row.sent, row.opened, row.clicked].map(written);
    let [scheduled, sent, opened, clicked] = &times;
    let rating = row.rating.map(|rating| rating.stars().to_string()).unwrap_or_default();
    let because = row.failure.map(|failure| failure.reason(row.channel)).unwrap_or_default();
    push_record(
        out,
        [
            row.id.to_string().as_str(),
            &row.customer_name,
            &row.recipient,
            row.channel.name(),
            &row.template.label(row.reminder),
            &row.request_number.to_string(),
            row.status.name(),
            scheduled,
            sent,
            if row.delivered { "yes" } else { "" },
            opened,
            clicked,
            because,
            &rating,
        ],
    );
}

fn push_bulk(out: &mut String, row: &BulkRow, kind: BulkKind) {
    let (channel, template) = match row.what {
        Some((channel, template, reminder)) => (channel.name(), template.label(reminder)),
        None => ("", String::new()),
    };
    let (result, because) = row.fate.words(kind);
    push_record(
        out,
        [
            row.id.to_string().as_str(),
            row.customer.as_deref().unwrap_or_default(),
            row.recipient.as_deref().unwrap_or_default(),
            channel,
            &template,
            result,
            because,
        ],
    );
}

/// `2026-11-23 12:00`, in the project's zone, as spreadsheets read a time.
fn written(at: Option<LocalTime>) -> String {
    at.map(|at| at.input().replace('T', " ")).unwrap_or_default()
}
