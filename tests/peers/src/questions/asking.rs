//! The questions as prepared statements of PostgreSQL.

use crate::ours::beside::Asked;
use anyhow::{Result, bail};
use chrono::NaiveDate;
use tokio_postgres::{Client, Row, Statement};

/// What a list shows: what the basic view of ours has.
const LISTED: &str = "reference, kind, status, text, topic, theme, meeting, asked_of, raised_on, \
    first_due_on, due_on, due_moves, delegated_to, coverage, rag, restricted, last_change_on, position";
/// Everything of an action.
const COLUMNS: &str = "reference, kind, status, text, topic, theme, meeting, asked_of, raised_by, \
    raised_on, first_due_on, due_on, due_moves, paused, delegated_to, remit, coverage, rag, \
    restricted, answered_on, last_change_on, position, rest";
const OPEN: &str = "FROM action WHERE area = $1 AND open";
const DUE: &str = "ORDER BY due_on NULLS LAST, reference_order LIMIT 50";

/// Overdue is counted as our own rule has it.
const COUNTS: &str = "
    SELECT status, count(*), count(*) FILTER (WHERE owed AND NOT paused AND due_on < $2)
    FROM action WHERE area = $1 AND open GROUP BY status";

const STORY: &str = "
    SELECT position, kind, on_day, recorded_at, by_name, role, rule, events
    FROM story WHERE area = $1 AND reference = $2 ORDER BY position";

const MATRIX: &str = "
    SELECT g.id, g.name, e.quarter, coalesce(r.due_on, e.due_on), r.submitted_on, r.overall,
        coalesce(r.corrections, 0),
        (SELECT count(*) FROM said s JOIN action a ON a.area = $1 AND a.reference = s.reference
         WHERE s.quarter = e.quarter AND s.grp = g.id AND a.open AND a.delegated_to = g.id),
        coalesce(o.open, 0)
    FROM expected e
    JOIN grp g ON g.id = e.grp
    LEFT JOIN quarterly_return r ON r.quarter = e.quarter AND r.grp = e.grp
    LEFT JOIN (SELECT delegated_to, count(*) AS open FROM action
               WHERE area = $1 AND open GROUP BY delegated_to) o ON o.delegated_to = g.id
    WHERE e.quarter BETWEEN $2 AND $3
    ORDER BY g.id, e.quarter";

/// The versions that held on the day, then what never changes about their actions.
const AS_OF: &str = "
    SELECT v.reference, a.kind, v.status, a.text, a.topic, a.theme, a.meeting, a.asked_of,
        a.raised_by, a.raised_on, a.first_due_on, v.due_on, v.delegated_to, v.coverage, v.rag
    FROM (SELECT * FROM version WHERE area = $1 AND open AND valid @> $2::date
          ORDER BY due_on NULLS LAST, reference_order LIMIT 50) v
    JOIN action a ON a.area = v.area AND a.reference = v.reference
    ORDER BY v.due_on NULLS LAST, v.reference_order";

/// A connection with its statements.
pub(crate) struct Desk {
    client: Client,
    asked: Asked,
    page: Statement,
    page_whole: Statement,
    text: Statement,
    counts: Statement,
    one: Statement,
    story: Statement,
    matrix: Statement,
    as_of: Statement,
}

impl Desk {
    pub(crate) async fn new(client: Client, asked: &Asked) -> Result<Self> {
        // A generic plan knows nothing of the words that are looked for, and a good DBA would not have it.
        client.batch_execute("SET plan_cache_mode = auto").await?;
        let page = format!("SELECT {LISTED} {OPEN} {DUE}");
        let page_whole = format!("SELECT {COLUMNS} {OPEN} {DUE}");
        let text = format!("SELECT {LISTED} {OPEN} AND search LIKE $2 {DUE}");
        let one = format!("SELECT {COLUMNS} FROM action WHERE area = $1 AND reference = $2");
        Ok(Self {
            page: client.prepare(&page).await?,
            page_whole: client.prepare(&page_whole).await?,
            text: client.prepare(&text).await?,
            counts: client.prepare(COUNTS).await?,
            one: client.prepare(&one).await?,
            story: client.prepare(STORY).await?,
            matrix: client.prepare(MATRIX).await?,
            as_of: client.prepare(AS_OF).await?,
            client,
            asked: asked.clone(),
        })
    }

    async fn rows(&self, question: &str) -> Result<Vec<Row>> {
        let (c, a) = (&self.client, &self.asked);
        let rows = match question {
            "page" => c.query(&self.page, &[&a.area]).await?,
            "page-whole" => c.query(&self.page_whole, &[&a.area]).await?,
            "counts" => c.query(&self.counts, &[&a.area, &a.today]).await?,
            "matrix" => {
                let values: [&(dyn tokio_postgres::types::ToSql + Sync); 3] =
                    [&a.area, &a.from_day, &a.to_day];
                c.query(&self.matrix, &values).await?
            }
            "as-of" => c.query(&self.as_of, &[&a.area, &a.as_of]).await?,
            "common-text" => c.query(&self.text, &[&a.area, &part(&a.common)]).await?,
            "rare-text" => c.query(&self.text, &[&a.area, &part(&a.rare)]).await?,
            "one" => {
                // Both at once: the second does not wait for the first.
                let (area, one) = (&a.area, &a.one);
                let values: [&(dyn tokio_postgres::types::ToSql + Sync); 2] = [area, one];
                let (row, mut story) =
                    tokio::try_join!(c.query(&self.one, &values), c.query(&self.story, &values))?;
                story.splice(0..0, row);
                story
            }
            _ => bail!("{question} is no question"),
        };
        Ok(rows)
    }

    /// Asks, and lets the answer go.
    pub(crate) async fn ask(&self, question: &str) -> Result<usize> {
        Ok(self.rows(question).await?.len())
    }

    /// Asks once, and tells the answer in the form of `matters-bench beside`.
    pub(crate) async fn answer(&self, question: &str) -> Result<Vec<String>> {
        let rows = self.rows(question).await?;
        let first = |row: &Row| row.get::<_, String>(0);
        Ok(match question {
            "counts" => {
                let overdue: i64 = rows.iter().map(|row| row.get::<_, i64>(2)).sum();
                let statuses = rows.iter().map(|row| (first(row), row.get::<_, i64>(1)));
                statuses
                    .map(|(status, count)| format!("{status}={count}"))
                    .chain([format!("overdue={overdue}")])
                    .collect()
            }
            "one" => {
                let (one, story) = rows.split_at(1);
                let status = one.iter().map(|row| row.get::<_, String>(2));
                let messages = story.iter().map(|row| row.get::<_, i64>(0).to_string());
                status.chain(messages).collect()
            }
            "matrix" => rows.iter().map(cell).collect(),
            _ => rows.iter().map(first).collect(),
        })
    }
}

/// A part of a text, for LIKE; the words have none of its signs.
fn part(words: &str) -> String {
    format!("%{}%", words.to_lowercase())
}

fn cell(row: &Row) -> String {
    let sent: Option<NaiveDate> = row.get(4);
    format!(
        "{} {} {} {} {} {}",
        row.get::<_, String>(0),
        row.get::<_, NaiveDate>(2),
        sent.map_or("-".to_owned(), |on| on.to_string()),
        row.get::<_, i32>(6),
        row.get::<_, i64>(7),
        row.get::<_, i64>(8),
    )
}
