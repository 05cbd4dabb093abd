//! Which questions need no thread of their own: those that are answered out of memory, or out of a few
//! pages of the store, in less time than it takes to hand them over.

use domain::text::Slug;

use super::Question;
use crate::filter::{Filter, Needle};
use crate::model::ReadModel;
use crate::sort::{Cursor, Sort};

/// Most rows that are read in passing.
const ROWS: usize = 100;
/// Most open actions that are passed over in passing, and most of which some may be read for nothing.
const FACTS: usize = 8_000;
const READ: usize = 2_000;

impl ReadModel {
    /// Whether [`ReadModel::action`] is answered at once.
    #[must_use]
    pub fn has_action_at_once(&self, question: &Question<'_>) -> bool {
        question.as_of.is_now() && self.inner.store().is_some_and(|store| store.at_rest())
    }

    /// Whether [`ReadModel::list`] is answered at once.
    #[must_use]
    pub fn has_page_at_once(
        &self,
        question: &Question<'_>,
        filter: &Filter,
        sort: Sort,
        page_size: usize,
        cursor: Option<&Cursor>,
    ) -> bool {
        // A page after the first looks back.
        if page_size > ROWS || cursor.is_some() || filter.open != Some(true) {
            return false;
        }
        match &filter.text {
            None if sort == Sort::DUE && filter.is_of_one_part() => {
                self.has_action_at_once(question)
            }
            Some(text) if !Needle::new(text).has_signature() => false,
            text => {
                let most = if text.is_some() { READ } else { FACTS };
                question.as_of.is_now() && self.has_at_hand(question.area, most)
            }
        }
    }

    /// Whether [`ReadModel::counts`] is answered at once.
    #[must_use]
    pub fn has_counts_at_once(&self, question: &Question<'_>, filter: &Filter) -> bool {
        let facts_alone = filter.open == Some(true) && filter.text.is_none();
        facts_alone && question.as_of.is_now() && self.has_at_hand(question.area, FACTS)
    }

    /// Whether [`ReadModel::returns_matrix`] is answered at once.
    #[must_use]
    pub fn has_matrix_at_once(&self, question: &Question<'_>) -> bool {
        question.as_of.is_now() && self.has_at_hand(question.area, FACTS)
    }

    fn has_at_hand(&self, area: &Slug, most: usize) -> bool {
        self.inner
            .store()
            .is_some_and(|store| store.has_at_hand(area, most))
    }
}
