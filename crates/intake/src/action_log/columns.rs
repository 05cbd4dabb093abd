//! Finds the headings of a log and says which field each is.

use serde::{Deserialize, Serialize};

use super::mapping::Mapping;
use super::{LogError, RawRow};

/// What a column of an action log can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Field {
    /// The clerk's own reference, kept as it is.
    Reference,
    /// The question or action itself.
    Text,
    /// Question, action, recommendation and so on.
    Kind,
    /// The heading it came under.
    Topic,
    /// The theme of the Plan.
    Theme,
    /// The meeting, by name or date.
    Meeting,
    /// The day it was raised.
    RaisedOn,
    /// The body or officer asked.
    Owner,
    /// The delivery group or body that has it.
    DelegatedTo,
    /// The day it is due.
    DueOn,
    /// Open, answered, closed, withdrawn, in the clerk's words.
    Status,
    /// The latest update or the response.
    Update,
    /// The day of that update.
    UpdateOn,
    /// The day it was closed.
    ClosedOn,
    /// Red, amber or green.
    Rag,
}

/// Headings for each field, the surest first: when two columns would do, the surer has it.
const HEADINGS: [(Field, &[&str]); 15] = [
    (
        Field::Reference,
        &[
            "reference",
            "ref",
            "ref no",
            "reference no",
            "reference number",
            "action ref",
            "action reference",
            "action no",
            "action number",
            "log no",
            "id",
            "no",
            "number",
            "minute",
            "minute no",
            "minute ref",
            "minute reference",
            "item",
            "item no",
        ],
    ),
    (
        Field::Text,
        &[
            "text",
            "action",
            "question",
            "recommendation",
            "action required",
            "agreed action",
            "point raised",
            "question raised",
            "action or question",
            "action question",
            "request",
            "actions",
            "description",
            "action description",
            "details",
            "detail",
            "issue",
            "matter arising",
            "resolution",
        ],
    ),
    (Field::Kind, &["kind", "type", "action type", "category"]),
    (
        Field::Topic,
        &[
            "topic",
            "subject",
            "heading",
            "agenda item",
            "title",
            "subject matter",
            "report",
        ],
    ),
    (
        Field::Theme,
        &[
            "theme",
            "plan theme",
            "police and crime plan theme",
            "priority",
            "objective",
        ],
    ),
    (
        Field::Meeting,
        &[
            "meeting",
            "meeting date",
            "date of meeting",
            "panel meeting",
            "raised at",
            "panel date",
        ],
    ),
    (
        Field::RaisedOn,
        &[
            "raised on",
            "date raised",
            "raised",
            "date added",
            "date agreed",
            "date opened",
            "date",
        ],
    ),
    (
        Field::Owner,
        &[
            "owner",
            "asked of",
            "lead",
            "responsible",
            "lead officer",
            "responsible officer",
            "action owner",
            "person responsible",
            "assigned to",
            "by whom",
            "who",
            "responsibility",
            "officer",
            "body",
        ],
    ),
    (
        Field::DelegatedTo,
        &[
            "delivery group",
            "delegated to",
            "group",
            "delegated group",
            "with",
            "referred to",
        ],
    ),
    (
        Field::DueOn,
        &[
            "due",
            "due on",
            "due date",
            "date due",
            "target date",
            "deadline",
            "target",
            "by when",
            "when",
            "response due",
            "completion date due",
            "timescale",
            "target completion date",
        ],
    ),
    (
        Field::Status,
        &[
            "status",
            "state",
            "current status",
            "action status",
            "open or closed",
            "open closed",
        ],
    ),
    (
        Field::Update,
        &[
            "update",
            "latest update",
            "response",
            "progress",
            "comments",
            "progress update",
            "update response",
            "comment",
            "outcome",
            "action taken",
            "notes",
            "current position",
            "answer",
            "reply",
        ],
    ),
    (
        Field::UpdateOn,
        &[
            "date of update",
            "update date",
            "updated",
            "last updated",
            "updated on",
            "date updated",
            "response date",
            "date of response",
        ],
    ),
    (
        Field::ClosedOn,
        &[
            "closed on",
            "completed",
            "date closed",
            "closed",
            "date completed",
            "completed on",
            "completion date",
            "date of completion",
        ],
    ),
    (
        Field::Rag,
        &["rag", "rag status", "rag rating", "r a g", "brag"],
    ),
];

/// Which headings were understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnReport {
    /// The sheet of the workbook.
    pub sheet: Option<String>,
    /// The row of the headings, as Excel numbers it.
    pub heading_row: u32,
    /// What stood above the headings, such as the title of the log.
    pub titles: Vec<String>,
    /// Each heading that was understood, and as what.
    pub matched: Vec<(String, Field)>,
    /// Each heading that was not; its cells are kept beside the row in [`super::LogRow::other`].
    pub unmatched: Vec<String>,
    /// Headings that the mapping file says to ignore.
    pub ignored: Vec<String>,
}

impl ColumnReport {
    /// The heading under which a field stands.
    #[must_use]
    pub fn heading_of(&self, field: Field) -> Option<String> {
        let found = self.matched.iter().find(|(_, of)| *of == field);
        found.map(|(heading, _)| heading.clone())
    }
}

/// What each column is, from the left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    Field(Field, String),
    Other(String),
    Ignored(String),
    /// No heading at all.
    Nameless,
}

/// Finds the row of the headings: the one with most fields, among those with a reference and a text.
pub(crate) fn find(
    rows: &[&RawRow],
    mapping: &Mapping,
    sheet: Option<String>,
) -> Result<(ColumnReport, Vec<Place>), LogError> {
    let mut best: Option<(&RawRow, Vec<Place>)> = None;
    let mut nearest: Option<(usize, &RawRow)> = None;
    for row in rows {
        let places = places(row, mapping);
        let fields = count(&places);
        let complete = has(&places, Field::Reference) && has(&places, Field::Text);
        if complete && best.as_ref().is_none_or(|(_, known)| fields > count(known)) {
            best = Some((row, places));
        }
        if fields > 0 && nearest.is_none_or(|(most, _)| fields > most) {
            nearest = Some((fields, row));
        }
    }
    let Some((row, places)) = best else {
        let best = nearest.map(|(_, row)| (row.number, listed(headings(row))));
        return Err(LogError::NoHeadings { best });
    };
    let missing = mapping.headings_missing_from(&headings(row));
    if !missing.is_empty() {
        return Err(LogError::MappedHeadingMissing {
            row: row.number,
            missing: listed(missing),
            found: listed(headings(row)),
        });
    }
    let above = rows.iter().take_while(|above| above.number < row.number);
    let titles = above.flat_map(|above| headings(above)).collect();
    Ok((report(row.number, titles, &places, sheet), places))
}

/// How many fields a row would name, were it the row of the headings.
pub(crate) fn understood(row: &RawRow, mapping: &Mapping) -> usize {
    count(&places(row, mapping))
}

fn report(
    heading_row: u32,
    titles: Vec<String>,
    places: &[Place],
    sheet: Option<String>,
) -> ColumnReport {
    let mut report = ColumnReport {
        sheet,
        heading_row,
        titles,
        matched: Vec::new(),
        unmatched: Vec::new(),
        ignored: Vec::new(),
    };
    for place in places {
        match place {
            Place::Field(field, heading) => report.matched.push((heading.clone(), *field)),
            Place::Other(heading) => report.unmatched.push(heading.clone()),
            Place::Ignored(heading) => report.ignored.push(heading.clone()),
            Place::Nameless => {}
        }
    }
    report
}

fn headings(row: &RawRow) -> Vec<String> {
    let texts = row.cells.iter().map(super::Cell::text);
    texts
        .filter(|text| !text.is_empty())
        .map(|text| one_line(&text))
        .collect()
}

fn listed(headings: Vec<String>) -> String {
    let shown: Vec<String> = headings
        .iter()
        .take(20)
        .map(|heading| format!("“{heading}”"))
        .collect();
    shown.join(", ")
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn count(places: &[Place]) -> usize {
    places
        .iter()
        .filter(|place| matches!(place, Place::Field(..)))
        .count()
}

fn has(places: &[Place], wanted: Field) -> bool {
    places
        .iter()
        .any(|place| matches!(place, Place::Field(field, _) if *field == wanted))
}

/// A field goes to one column: the one the mapping names, else the one with the surest heading.
fn places(row: &RawRow, mapping: &Mapping) -> Vec<Place> {
    let headings: Vec<String> = row
        .cells
        .iter()
        .map(|cell| one_line(&cell.text()))
        .collect();
    let claims: Vec<Option<(Field, usize)>> = headings
        .iter()
        .map(|heading| match mapping.column(heading) {
            Some(target) => target.map(|field| (field, 0)),
            None => by_name(heading).map(|(field, rank)| (field, rank + 1)),
        })
        .collect();
    headings
        .iter()
        .enumerate()
        .map(|(at, heading)| {
            if heading.is_empty() {
                return Place::Nameless;
            }
            if mapping.column(heading) == Some(None) {
                return Place::Ignored(heading.clone());
            }
            let won = claims[at].filter(|&(field, rank)| {
                !claims.iter().enumerate().any(|(other_at, other)| {
                    other.is_some_and(|(other_field, other_rank)| {
                        other_field == field && (other_rank, other_at) < (rank, at)
                    })
                })
            });
            match won {
                Some((field, _)) => Place::Field(field, heading.clone()),
                None => Place::Other(heading.clone()),
            }
        })
        .collect()
}

fn by_name(heading: &str) -> Option<(Field, usize)> {
    let wanted = normal(heading);
    HEADINGS.iter().find_map(|(field, names)| {
        let rank = names.iter().position(|name| *name == wanted)?;
        Some((*field, rank))
    })
}

/// Small letters, words only, without what stands in brackets: "Due date (dd/mm/yy):" is "due date".
pub(crate) fn normal(heading: &str) -> String {
    let mut depth = 0_u32;
    let mut out = String::new();
    for c in heading.chars() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            '\'' | '’' => {}
            _ if depth > 0 => {}
            c if c.is_alphanumeric() => out.extend(c.to_lowercase()),
            _ => out.push(' '),
        }
    }
    one_line(&out)
}
