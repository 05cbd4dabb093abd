//! Quarterly returns.

use std::collections::HashSet;

use chrono::NaiveDate;
use domain::action::Rag;
use domain::calendar::Quarter;
use domain::policy::{self, Facts, Operation};
use domain::reference::Reference;
use domain::register::Group;
use domain::returns::{Return, ReturnStatus};
use domain::text::Slug;

use super::{Question, cut};
use crate::error::ReadError;
use crate::filter::Filter;
use crate::model::ReadModel;

/// A group's return for a quarter, in the matrix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnCell {
    /// The group.
    pub group: Slug,
    /// Its name on the quarter's last day.
    pub name: String,
    /// The quarter.
    pub quarter: Quarter,
    /// Where it stands.
    pub status: ReturnStatus,
    /// When it is due.
    pub due_on: NaiveDate,
    /// When it was sent.
    pub submitted_on: Option<NaiveDate>,
    /// The group's overall position.
    pub overall: Option<Rag>,
    /// How often it was corrected.
    pub corrections: u32,
    /// Open actions of the group of which the return says something, of those the reader may see.
    pub updated: u32,
    /// Open actions of the group, of those the reader may see.
    pub open: u32,
}

impl ReadModel {
    /// The returns of the groups of a board (or of all) for the quarters `from` to `to`, by group
    /// and quarter. Groups that had ended before a quarter, or came after it, have no cell in it.
    ///
    /// # Errors
    /// When there is nothing to answer from.
    pub fn returns_matrix(
        &self,
        question: &Question<'_>,
        board: Option<&Slug>,
        from: Quarter,
        to: Quarter,
    ) -> Result<Vec<ReturnCell>, ReadError> {
        let register = self.register(question.area, &question.as_of)?;
        let mine = Filter::open();
        self.ask(|store| {
            store.select(question, &mine, |_, cut, facts| {
                let mut cells = Vec::new();
                let groups = register.groups.values();
                for group in groups.filter(|group| board.is_none_or(|board| group.board == *board))
                {
                    let open: HashSet<&Reference> = facts
                        .iter()
                        .filter(|f| f.delegated_to.as_deref() == Some(group.id.as_str()))
                        .map(|facts| &facts.reference)
                        .collect();
                    for quarter in quarters(from, to) {
                        let ended = group.until.is_some_and(|until| until < quarter.first_day());
                        if group.from > quarter.last_day() || ended {
                            continue;
                        }
                        let sent =
                            store.quarterly_return(question.area, &group.id, quarter, cut)?;
                        let due_on = register.return_due_on(group, quarter);
                        cells.push(cell(question, group, quarter, sent.as_ref(), due_on, &open));
                    }
                }
                Ok(cells)
            })
        })
    }

    /// A group's return for a quarter. What it says of actions that the reader may not read is left
    /// out, and a draft is for whom the policy lets read drafts.
    ///
    /// # Errors
    /// When there is nothing to answer from.
    pub fn quarterly_return(
        &self,
        question: &Question<'_>,
        group: &Slug,
        quarter: Quarter,
    ) -> Result<Option<Return>, ReadError> {
        let (sent, hidden) = self.ask(|store| {
            let cut = cut(store, &question.as_of)?;
            let sent = store.quarterly_return(question.area, group, quarter, cut)?;
            let hidden = question.hidden(&store.books());
            Ok((sent, hidden))
        })?;
        let facts = Facts {
            area: question.area.as_str(),
            group: Some(group.as_str()),
        };
        let drafts = policy::decide(question.reader, Operation::ReadReturnDraft, facts).allowed();
        Ok(sent
            .filter(|sent| sent.submitted.is_some() || drafts)
            .map(|mut sent| {
                let updates = &mut sent.content.updates;
                updates.retain(|update| !hidden.contains(&update.reference));
                sent
            }))
    }
}

/// The most quarters in one matrix: ten years.
const QUARTERS: usize = 40;

fn quarters(from: Quarter, to: Quarter) -> impl Iterator<Item = Quarter> {
    std::iter::successors(Some(from), |quarter| quarter.next())
        .take_while(move |quarter| quarter.first_day() <= to.first_day())
        .take(QUARTERS)
}

fn cell(
    question: &Question<'_>,
    group: &Group,
    quarter: Quarter,
    state: Option<&Return>,
    due_on: NaiveDate,
    open: &HashSet<&Reference>,
) -> ReturnCell {
    let sent = state.filter(|state| state.submitted.is_some());
    let said = sent.map_or(0, |sent| {
        let updates = sent.content.updates.iter();
        updates
            .filter(|update| update.said.is_some() && open.contains(&update.reference))
            .count()
    });
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    ReturnCell {
        group: group.id.clone(),
        name: group.names.on(quarter.last_day()).to_string(),
        quarter,
        status: ReturnStatus::of(state, quarter, due_on, question.as_at()),
        due_on: sent
            .and_then(|sent| sent.submitted)
            .map_or(due_on, |(_, due)| due),
        submitted_on: sent.and_then(|sent| sent.submitted).map(|(on, _)| on),
        overall: sent.and_then(|sent| sent.content.overall),
        corrections: sent.map_or(0, |sent| sent.corrections),
        updated: number(said),
        open: number(open.len()),
    }
}
