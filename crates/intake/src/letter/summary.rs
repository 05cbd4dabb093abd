//! The proposal as rows of a table, for a person to look over before anything is raised.

use super::{Coverage, Item, LetterProposal, PartKind, Sensitivity};

/// The headings of the columns of [`SummaryRow`].
pub const SUMMARY_COLUMNS: [&str; 6] = ["Topic", "Item", "Kind", "Asked", "Coverage", "Notes"];

/// One row of the table: a question or request, a statement, or a noted action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SummaryRow {
    /// The topic's heading.
    pub topic: String,
    /// The item's number in the letter from 1, and its part, such as `10.2`; empty for noted actions.
    pub item: String,
    /// "question", "request", "statement" or "noted action".
    pub kind: &'static str,
    /// What was asked, or the beginning of what was stated.
    pub asked: String,
    /// The proposed coverage in words; empty for statements.
    pub coverage: &'static str,
    /// Everything a reader should notice, parted by semicolons.
    pub notes: String,
}

impl SummaryRow {
    /// The cells in the order of [`SUMMARY_COLUMNS`].
    #[must_use]
    pub fn cells(&self) -> [&str; 6] {
        [
            &self.topic,
            &self.item,
            self.kind,
            &self.asked,
            self.coverage,
            &self.notes,
        ]
    }
}

/// The rows of the table, in the order of the letter, noted actions last.
#[must_use]
pub fn summary_rows(proposal: &LetterProposal) -> Vec<SummaryRow> {
    let mut rows = Vec::new();
    let mut number = 0;
    for topic in &proposal.topics {
        for item in &topic.items {
            number += 1;
            item_rows(&topic.heading, number, item, &mut rows);
        }
    }
    rows.extend(proposal.noted_actions.iter().map(|action| SummaryRow {
        topic: String::new(),
        item: String::new(),
        kind: "noted action",
        asked: action.clone(),
        coverage: Coverage::Pending.words(),
        notes: "noted in the covering letter; no owner, no date".to_owned(),
    }));
    rows
}

fn item_rows(topic: &str, number: usize, item: &Item, rows: &mut Vec<SummaryRow>) {
    if item.statement_only {
        rows.push(SummaryRow {
            topic: topic.to_owned(),
            item: number.to_string(),
            kind: "statement",
            asked: opening(&item.answer),
            coverage: "",
            notes: item_notes(item).join("; "),
        });
    }
    for (at, part) in item.parts.iter().enumerate() {
        let mut notes = Vec::new();
        if let Some(earlier) = part.repeats {
            notes.push(format!("repeats {number}.{}", earlier + 1));
        }
        if part.coverage == Coverage::NotAddressed {
            notes.push(part.coverage_reason.clone());
        }
        if at == 0 {
            notes.extend(item_notes(item));
        }
        let alone = item.parts.len() == 1;
        rows.push(SummaryRow {
            topic: topic.to_owned(),
            item: if alone {
                number.to_string()
            } else {
                format!("{number}.{}", at + 1)
            },
            kind: match part.kind {
                PartKind::Question => "question",
                PartKind::Request => "request",
            },
            asked: part.text.clone(),
            coverage: part.coverage.words(),
            notes: notes.join("; "),
        });
    }
}

fn item_notes(item: &Item) -> Vec<String> {
    let mut notes = Vec::new();
    if item.operational {
        notes.push("operational".to_owned());
    }
    match item.operationally_sensitive {
        Some(Sensitivity::Partial) => notes.push("operationally sensitive in part".to_owned()),
        Some(Sensitivity::Full) => notes.push("operationally sensitive".to_owned()),
        None => {}
    }
    for citation in &item.citations {
        notes.push(match &citation.paragraph {
            Some(place) if place.starts_with(|c: char| c.is_ascii_digit()) => {
                format!("cites {}, paragraph {place}", citation.document)
            }
            Some(place) => format!("cites {}, {place}", citation.document),
            None => format!("cites {}", citation.document),
        });
    }
    match item.links.len() {
        0 => {}
        1 => notes.push("1 link".to_owned()),
        n => notes.push(format!("{n} links")),
    }
    notes.extend(
        item.undertakings
            .iter()
            .map(|undertaking| format!("undertakes: {undertaking}")),
    );
    notes
}

fn opening(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().take(16).collect();
    let more = text.split_whitespace().nth(16).is_some();
    format!("{}{}", words.join(" "), if more { " …" } else { "" })
}
