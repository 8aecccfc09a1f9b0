//! The chart of the messages by day, week or month: from the counters, or for a search from the messages that it finds.

use super::{Sums, few_facts_by_day, many_facts_by_day, summed};
use crate::{
    domain::{
        AppResult, Timestamp,
        chart::{Bar, Chart, ChartUnit, spans},
        filter::MessageFilter,
        status::Status,
    },
    server::store::{
        find::Find,
        guard::{Viewer, day_number},
        search::{self, Hits},
        tally::{Badges, Tally, grouped_query},
    },
};
use std::collections::BTreeMap;

/// Of the messages that the filter matches, whatever their status.
pub async fn of(viewer: &Viewer, filter: &MessageFilter, unit: ChartUnit, now: Timestamp) -> AppResult<Chart> {
    let (spans, is_cut) = spans(unit, filter.from, filter.to, viewer.today(now));
    let ends = spans.first().zip(spans.last()).map(|(first, last)| (first.0, last.1));
    let Some((from, to)) = ends else {
        return Ok(Chart { unit, bars: Vec::new(), is_cut, version: viewer.version });
    };
    let filter = MessageFilter { from: Some(from), to: Some(to), status: None, ..filter.clone() };
    let hits = if filter.q.is_empty() { None } else { Some(search::hits(viewer, &filter.q).await?) };
    let find = Find::new(viewer, &filter, hits.as_ref());
    let tallies = tallies(viewer, &find).await?;
    let bar = |(from, to)| {
        let days = day_number(from)..=day_number(to);
        let mut tally = Tally::default();
        for (_, other) in tallies.range(days) {
            tally.join(other);
        }
        Bar { from, to, stats: tally.stats(), reviews: tally.reviewed() }
    };
    Ok(Chart { unit, bars: spans.into_iter().map(bar).collect(), is_cut, version: viewer.version })
}

#[derive(sqlx::FromRow)]
struct Cell {
    day: i32,
    status: Status,
    n: i64,
    opened: i64,
    clicked: i64,
    reviewed: i64,
}

/// By day.
async fn tallies(viewer: &Viewer, find: &Find<'_>) -> AppResult<BTreeMap<i32, Tally>> {
    let mut query = match find.hits {
        None => {
            let mut tallies = BTreeMap::<i32, Tally>::new();
            let mut query = grouped_query(find.project, find.filter, "day, status");
            let cells: Vec<Cell> = query.build_query_as().fetch_all(viewer.db.read()).await?;
            for c in cells {
                let [n, opened, clicked, reviewed] = [c.n, c.opened, c.clicked, c.reviewed].map(i64::unsigned_abs);
                tallies.entry(c.day).or_default().add(c.status, Badges { n, opened, clicked, reviewed });
            }
            return Ok(tallies);
        }
        Some(Hits::Few(seqs)) if seqs.is_empty() => return Ok(BTreeMap::new()),
        Some(Hits::Few(_)) => few_facts_by_day(find),
        Some(Hits::Many(words)) => many_facts_by_day(find, &search::seqs(viewer).await?, words),
    };
    type Found = (i32, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64);
    let found: Vec<Found> = query.build_query_as().fetch_all(viewer.db.read()).await?;
    let sums = |f: Found| -> (i32, Sums) { (f.0, (f.1, f.2, f.3, f.4, f.5, f.6, f.7, f.8, f.9, f.10)) };
    Ok(found.into_iter().map(sums).map(|(day, sums)| (day, summed(sums))).collect())
}
