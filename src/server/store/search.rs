//! Search through trigrams: each word of a search is somewhere in a message's text, in any order.

use super::{
    db::{Query, Tx},
    dialect,
};
use crate::{
    domain::{
        AppResult, CustomerId, MessageId, ProjectId,
        message::{Channel, FailureCode},
    },
    server::store::guard::Viewer,
};
use std::{collections::BTreeSet, ops::Range};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Up to this many matches are fetched and sorted. A more common text is found by walking the table in its order.
pub const FEW: usize = 1_000;

/// Normalizes documents and searches: lower case, without accents, white space as one space. It works letter by letter, so
/// that a substring stays a substring; the Greek final sigma becomes a normal one.
pub fn normalized(text: &str) -> String {
    let letters = text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase);
    let plain: String = letters.map(|c| if c == 'ς' { 'σ' } else { c }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The words to search for, without repeats: a phone number as people write it becomes one word in E.164, as stored.
pub fn words(q: &str) -> Vec<String> {
    // With fewer digits and without the signs of a phone number, it may be anything: a room, a date.
    let digits = q.chars().filter(char::is_ascii_digit).count();
    let has_signs = q.contains(['+', '(']) && digits >= 3;
    let phone = (has_signs || digits >= 9) && q.chars().all(|c| c.is_ascii_digit() || "+() -./".contains(c));
    if phone {
        return vec![q.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect()];
    }
    let words: BTreeSet<String> = normalized(q).split(' ').filter(|w| !w.is_empty()).map(str::to_owned).collect();
    words.into_iter().collect()
}

/// Whether trigrams can find a word: shorter ones have none.
fn has_trigrams(word: &str) -> bool {
    word.chars().nth(2).is_some()
}

/// The result of a search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hits {
    /// Exactly these rows (message.seq).
    Few(Vec<i64>),
    /// Too many to fetch: test each row's text for these words.
    Many(Vec<String>),
}

/// Which messages of the project hold every word of `q`.
pub async fn hits(viewer: &Viewer, q: &str) -> AppResult<Hits> {
    let words = words(q);
    // What trigrams cannot find is common.
    if !words.iter().any(|word| has_trigrams(word)) {
        return Ok(Hits::Many(words));
    }
    let range = seqs(viewer).await?;
    let mut query = dialect_search::probe(viewer.project, &range, &words, FEW + 1);
    let found: Vec<(i64,)> = query.build_query_as().fetch_all(viewer.db.read()).await?;
    if found.len() > FEW {
        return Ok(Hits::Many(words));
    }
    Ok(Hits::Few(found.into_iter().map(|(seq,)| seq).collect()))
}

/// The first of the project's customers whose text holds every word, up to `limit`; None where trigrams cannot find them.
pub async fn customers(viewer: &Viewer, words: &[String], limit: usize) -> AppResult<Option<Vec<CustomerId>>> {
    if !words.iter().any(|word| has_trigrams(word)) {
        return Ok(None);
    }
    let mut query = customer_probe(viewer.project, &seqs(viewer).await?, words, limit);
    let found: Vec<(CustomerId,)> = query.build_query_as().fetch_all(viewer.db.read()).await?;
    Ok(Some(found.into_iter().map(|(id,)| id).collect()))
}

pub(super) fn customer_probe(project: ProjectId, range: &Range<i64>, words: &[String], limit: usize) -> Query {
    dialect_search::customer_probe(project, range, words, limit)
}

/// The rows of one project (message.seq, customer_search.seq).
pub async fn seqs(viewer: &Viewer) -> AppResult<Range<i64>> {
    let number: i64 = sqlx::query_scalar("select number from project where id = $1")
        .bind(viewer.project)
        .fetch_one(viewer.db.read())
        .await?;
    Ok(first_seq(number)..first_seq(number + 1))
}

/// `message.seq` before the first of the project with this number.
pub fn first_seq(number: i64) -> i64 {
    number << 40
}

/// ` and …`: `column` holds every word.
pub fn push_test(query: &mut Query, column: &'static str, words: &[String]) {
    for word in words {
        query.push(" and ").push(dialect::POSITION).push("(").push(column).push(", ");
        query.push_bind(word.clone()).push(") > 0");
    }
}

/// ` from … where …`: all matches of a common search as `message_search s` and `message m`, through the index where there
/// is one.
pub fn push_matches(query: &mut Query, project: ProjectId, range: &Range<i64>, words: &[String]) {
    dialect_search::push_matches(query, project, range, words);
    push_test(query, "s.text", words);
    query.push(" and m.project_id = ").push_bind(project);
}

#[derive(sqlx::FromRow)]
struct Source {
    seq: i64,
    id: MessageId,
    channel: Channel,
    name: String,
    company: String,
    email: String,
    phone: String,
    subject: String,
    failure_code: Option<String>,
    failure_text: Option<String>,
}

impl Source {
    /// The fields on a line each, so that a search cannot match across two.
    fn document(&self) -> String {
        let reason = self.failure_code.as_deref().map_or("", |c| FailureCode::from_code(c).reason(self.channel));
        let words = self.failure_text.as_deref().unwrap_or_default();
        let id = self.id.to_string();
        [&self.name, &self.email, &self.phone, &self.company, &self.subject, reason, words, &id]
            .map(normalized)
            .join("\n")
    }
}

const SOURCE: &str =
    "select m.seq, m.id, m.channel, c.name, c.company, c.email, c.phone, k.subject, m.failure_code, m.failure_text
    from message m
    join customer c on c.project_id = m.project_id and c.id = m.customer_id
    join message_content k on k.project_id = m.project_id and k.message_id = m.id
    where ";

/// Rows of one statement.
const ROWS: usize = 500;

/// Makes new messages findable.
pub async fn index(tx: &mut Tx, seqs: Range<i64>) -> sqlx::Result<()> {
    let mut query = Query::new(SOURCE);
    query.push("m.seq >= ").push_bind(seqs.start).push(" and m.seq < ").push_bind(seqs.end);
    let sources: Vec<Source> = query.build_query_as().fetch_all(&mut **tx).await?;
    write(tx, &sources).await
}

/// Updates the search texts of messages whose failure changed.
pub async fn refresh(tx: &mut Tx, project: ProjectId, ids: &[MessageId]) -> sqlx::Result<()> {
    for some in ids.chunks(ROWS) {
        let mut query = Query::new(SOURCE);
        query.push("m.project_id = ").push_bind(project).push(" and m.id in (");
        let mut list = query.separated(", ");
        for id in some {
            list.push_bind(*id);
        }
        query.push(")");
        let sources: Vec<Source> = query.build_query_as().fetch_all(&mut **tx).await?;
        write(tx, &sources).await?;
    }
    Ok(())
}

/// Updates the search texts of a customer's messages after a change of name or addresses.
pub async fn refresh_customer(
    tx: &mut Tx,
    project: ProjectId,
    customer: crate::domain::CustomerId,
) -> sqlx::Result<()> {
    refresh_customers(tx, project, &[customer]).await
}

/// The same of several customers.
pub async fn refresh_customers(
    tx: &mut Tx,
    project: ProjectId,
    customers: &[crate::domain::CustomerId],
) -> sqlx::Result<()> {
    let mut query = Query::new(SOURCE);
    query.push("m.project_id = ").push_bind(project).push(" and m.customer_id in (");
    let mut list = query.separated(", ");
    for customer in customers {
        list.push_bind(*customer);
    }
    query.push(")");
    let sources: Vec<Source> = query.build_query_as().persistent(customers.len() == 1).fetch_all(&mut **tx).await?;
    write(tx, &sources).await
}

async fn write(tx: &mut Tx, sources: &[Source]) -> sqlx::Result<()> {
    for some in sources.chunks(ROWS) {
        let mut query = Query::new(dialect_search::INSERT);
        query.push_values(some, |mut row, s| {
            row.push_bind(s.seq);
            #[cfg(feature = "postgres")]
            row.push("(select project_id from message where seq = ").push_bind_unseparated(s.seq).push_unseparated(")");
            row.push_bind(s.document());
        });
        query.push(" on conflict (seq) do update set text = excluded.text");
        query.build().execute(&mut **tx).await?;
    }
    Ok(())
}

/// The index itself is the one thing that the engines do quite differently.
#[cfg(not(feature = "postgres"))]
mod dialect_search {
    use crate::{domain::ProjectId, server::store::db::Query};
    use std::{collections::BTreeSet, ops::Range};

    pub const INSERT: &str = "insert into message_search (seq, text) ";

    /// All trigrams of the words, each as a string of FTS5's query language: without positions in the index there are no
    /// phrases, and the test of the text itself follows. Empty where no word has any.
    fn trigrams(words: &[String]) -> String {
        let mut grams: BTreeSet<String> = BTreeSet::new();
        for word in words {
            let chars: Vec<char> = word.chars().collect();
            grams.extend(chars.windows(3).map(|w| w.iter().collect::<String>()));
        }
        let quoted: Vec<String> = grams.iter().map(|g| format!("\"{}\"", g.replace('"', "\"\""))).collect();
        quoted.join(" AND ")
    }

    pub fn probe(_: ProjectId, range: &Range<i64>, words: &[String], limit: usize) -> Query {
        let mut query = Query::new(
            "select s.seq from message_fts f join message_search s on s.seq = f.rowid where f.message_fts match ",
        );
        query.push_bind(trigrams(words));
        query.push(" and f.rowid >= ").push_bind(range.start).push(" and f.rowid < ").push_bind(range.end);
        super::push_test(&mut query, "s.text", words);
        query.push(" limit ").push_bind(limit as i64);
        query
    }

    pub fn customer_probe(_: ProjectId, range: &Range<i64>, words: &[String], limit: usize) -> Query {
        let mut query = Query::new(
            "select s.customer_id from customer_fts f join customer_search s on s.seq = f.rowid where f.customer_fts match ",
        );
        query.push_bind(trigrams(words));
        query.push(" and f.rowid >= ").push_bind(range.start).push(" and f.rowid < ").push_bind(range.end);
        super::push_test(&mut query, "s.text", words);
        query.push(" limit ").push_bind(limit as i64);
        query
    }

    /// `cross join` keeps the order: the planner knows nothing of how few rows a match leaves.
    pub fn push_matches(query: &mut Query, _: ProjectId, range: &Range<i64>, words: &[String]) {
        let trigrams = trigrams(words);
        if trigrams.is_empty() {
            query.push(" from message_search s cross join message m on m.seq = s.seq where s.seq >= ");
            query.push_bind(range.start).push(" and s.seq < ").push_bind(range.end);
            return;
        }
        query.push(
            " from message_fts f cross join message_search s on s.seq = f.rowid cross join message m on m.seq = s.seq
             where f.message_fts match ",
        );
        query.push_bind(trigrams);
        query.push(" and f.rowid >= ").push_bind(range.start).push(" and f.rowid < ").push_bind(range.end);
    }
}

#[cfg(feature = "postgres")]
mod dialect_search {
    use crate::{domain::ProjectId, server::store::db::Query};
    use std::ops::Range;

    pub const INSERT: &str = "insert into message_search (seq, project_id, text) ";

    /// ` and …` for the words that the index of trigrams can find.
    fn push_patterns(query: &mut Query, words: &[String]) {
        for word in words.iter().filter(|word| super::has_trigrams(word)) {
            let escaped = word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
            query.push(" and s.text like ").push_bind(format!("%{escaped}%"));
        }
    }

    pub fn probe(project: ProjectId, _: &Range<i64>, words: &[String], limit: usize) -> Query {
        probe_of(Query::new("select s.seq from message_search s where s.project_id = "), project, words, limit)
    }

    pub fn customer_probe(project: ProjectId, _: &Range<i64>, words: &[String], limit: usize) -> Query {
        probe_of(Query::new("select s.customer_id from customer_search s where s.project_id = "), project, words, limit)
    }

    fn probe_of(mut query: Query, project: ProjectId, words: &[String], limit: usize) -> Query {
        query.push_bind(project);
        push_patterns(&mut query, words);
        let short: Vec<String> = words.iter().filter(|word| !super::has_trigrams(word)).cloned().collect();
        super::push_test(&mut query, "s.text", &short);
        query.push(" limit ").push_bind(limit as i64);
        query
    }

    pub fn push_matches(query: &mut Query, project: ProjectId, _: &Range<i64>, words: &[String]) {
        query.push(" from message_search s join message m on m.seq = s.seq where s.project_id = ").push_bind(project);
        push_patterns(query, words);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type_finds_what_is_stored() {
        assert_eq!(normalized("  José   GARCÍA\n"), "jose garcia");
        assert_eq!(normalized("ΟΔΟΣ İstanbul ﬁn"), "οδοσ istanbul fin");
        assert_eq!(words("+1 (555) 010-0199"), ["+15550100199"]);
        assert_eq!(words("201-555-1003"), ["2015551003"]);
        for other in ["101 202", "2026-11-24", "+ (", "12.5", "50% off_", "12"] {
            let mut expected: Vec<_> = other.split(' ').collect();
            expected.sort_unstable();
            assert_eq!(words(other), expected);
        }
        assert_eq!(words("Schneider ravi  RAVI"), ["ravi", "schneider"]);
        assert_eq!(words(" \u{301} "), [""; 0]);
    }
}
