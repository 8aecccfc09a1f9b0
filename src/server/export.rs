//! The customers of a filter as a file, made while it is sent: however many they are, some hundred are in memory at a time.

use crate::{
    domain::{
        AppError, AppResult, LocalTime, LocationId,
        csv::{BYTE_ORDER_MARK, push_record},
        customer::CustomerRow,
    },
    server::store::{customers::Export, projects},
};
use futures::{Stream, stream};
use std::collections::HashMap;

const COLUMNS: [&str; 14] = [
    "Name",
    "Company",
    "Email",
    "Phone",
    "Location",
    "Tags",
    "Added",
    "Last messaged",
    "Review requested",
    "Clicked",
    "Reviewed",
    "Rating",
    "Unsubscribed",
    "Archived",
];

/// The parts of the file. If one cannot be read, the file ends with the error, so that nobody takes it for whole.
pub async fn customers(export: Export) -> AppResult<impl Stream<Item = AppResult<String>>> {
    let locations = projects::locations(export.viewer()).await?;
    let names: HashMap<LocationId, String> =
        locations.into_iter().map(|location| (location.id, location.name)).collect();
    let mut head = BYTE_ORDER_MARK.to_owned();
    push_record(&mut head, COLUMNS);
    let parts = stream::try_unfold((export, names, Some(head)), async |(mut export, names, head)| {
        if let Some(head) = head {
            return Ok(Some((head, (export, names, None))));
        }
        let rows = export.next().await?;
        if rows.is_empty() {
            return Ok::<_, AppError>(None);
        }
        let mut part = String::with_capacity(rows.len() * 128);
        for row in &rows {
            push_customer(&mut part, row, &names);
        }
        Ok(Some((part, (export, names, None))))
    });
    Ok(parts)
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

/// `2026-11-23 12:00`, in the project's zone, as spreadsheets read a time.
fn written(at: Option<LocalTime>) -> String {
    at.map(|at| at.input().replace('T', " ")).unwrap_or_default()
}
