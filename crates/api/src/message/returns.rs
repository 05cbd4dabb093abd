//! Quarterly returns.

use domain::action::Citation;
use domain::returns::{Content, Said};
use domain::text::Text;
use projection::ReturnCell;

use super::row::said;
use crate::v1;
use crate::words::Word;

/// A group's return for a quarter, as the matrix shows it.
#[must_use]
pub fn return_cell(cell: &ReturnCell) -> v1::ReturnCell {
    v1::ReturnCell {
        group: cell.group.to_string(),
        group_name: cell.name.clone(),
        quarter: cell.quarter.to_string(),
        status: cell.status.number(),
        due_on: cell.due_on.to_string(),
        submitted_on: said(cell.submitted_on),
        overall: cell.overall.map_or(0, Word::number),
        corrections: cell.corrections,
        updated: cell.updated,
        open_actions: cell.open,
    }
}

/// What a return says.
#[must_use]
pub fn return_content(content: &Content) -> v1::ReturnContent {
    v1::ReturnContent {
        overall: content.overall.map_or(0, Word::number),
        position: text(content.position.as_ref()),
        updates: content
            .updates
            .iter()
            .map(|update| v1::ReturnUpdate {
                reference: update.reference.to_string(),
                progress: update.said.as_ref().map(progress),
            })
            .collect(),
        risks: text(content.risks.as_ref()),
        help_needed: text(content.help_needed.as_ref()),
    }
}

fn progress(update: &Said) -> v1::Progress {
    v1::Progress {
        rag: update.rag.number(),
        narrative: update.narrative.to_string(),
        recovery: text(update.recovery.as_ref()),
        milestone: update
            .milestone
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        expected_on: said(update.expected_on),
        evidence: update.evidence.iter().map(citation).collect(),
    }
}

fn citation(citation: &Citation) -> v1::Citation {
    let line = |line: &Option<domain::text::Line>| {
        line.as_ref().map(ToString::to_string).unwrap_or_default()
    };
    v1::Citation {
        title: citation.title.to_string(),
        paragraph: line(&citation.paragraph),
        link: line(&citation.link),
        dated: said(citation.dated),
    }
}

fn text(text: Option<&Text>) -> String {
    text.map(ToString::to_string).unwrap_or_default()
}
