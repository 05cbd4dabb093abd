//! How far the questions of a meeting were answered.

use domain::action::Coverage;
use domain::text::Slug;

use super::Question;
use crate::error::ReadError;
use crate::filter::Filter;
use crate::model::ReadModel;
use crate::row::Row;
use crate::sort::Sort;

/// An action of a meeting; its row carries each part with its coverage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoverageRow {
    /// The action, as the reader may see it.
    pub row: Row,
    /// Parts by coverage, in the order of [`Coverage::ALL`]; a coverage that none has is left out.
    pub parts: Vec<(Coverage, u32)>,
}

impl ReadModel {
    /// The actions of a meeting with their parts, by reference.
    ///
    /// # Errors
    /// When there is nothing to answer from.
    pub fn coverage_of_meeting(
        &self,
        question: &Question<'_>,
        meeting: &Slug,
    ) -> Result<Vec<CoverageRow>, ReadError> {
        let filter = Filter {
            meeting: Some(meeting.clone()),
            ..Filter::default()
        };
        self.ask(|store| {
            store.select(question, &filter, |selected| {
                let mut keyed: Vec<_> = selected
                    .candidates()
                    .map(|(r, _)| (Sort::REFERENCE.key_of(r, None, 0), r))
                    .collect();
                keyed.sort_unstable();
                let mut rows = Vec::with_capacity(keyed.len());
                for (_, reference) in keyed {
                    if let Some(row) = selected.row(reference)? {
                        let parts = by_coverage(&row);
                        rows.push(CoverageRow { row, parts });
                    }
                }
                Ok(rows)
            })
        })
    }
}

fn by_coverage(row: &Row) -> Vec<(Coverage, u32)> {
    let count = |coverage: Coverage| row.parts.iter().filter(|p| p.coverage == coverage).count();
    Coverage::ALL
        .iter()
        .map(|coverage| (*coverage, u32::try_from(count(*coverage)).unwrap_or(0)))
        .filter(|(_, count)| *count > 0)
        .collect()
}
