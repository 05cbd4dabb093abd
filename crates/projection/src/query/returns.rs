//! Quarterly returns.

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::action::Rag;
use domain::calendar::Quarter;
use domain::policy::{self, Facts, Operation};
use domain::reference::Reference;
use domain::register::{Group, Register};
use domain::returns::{Return, ReturnStatus};
use domain::text::Slug;

use super::select::{Seen, Selection};
use super::{Question, cut};
use crate::error::{ReadError, StoreError};
use crate::filter::Filter;
use crate::model::ReadModel;
use crate::view::Sent;

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
        let then = match question.as_of.is_now() {
            true => None,
            false => Some(self.register(question.area, &question.as_of)?),
        };
        let mine = Filter::open();
        self.ask(|store| {
            store.select(question, &mine, |selected| {
                let kept = selected.books.registers.get(question.area);
                match then.as_ref().or(kept) {
                    Some(register) => matrix(selected, question, register, board, (from, to)),
                    None => Ok(Vec::new()),
                }
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

/// One pass over what is open, then a look at each return.
fn matrix(
    selected: &Selection<'_>,
    question: &Question<'_>,
    register: &Register,
    board: Option<&Slug>,
    (from, to): (Quarter, Quarter),
) -> Result<Vec<ReturnCell>, StoreError> {
    let mut held: HashMap<&str, u32> = HashMap::new();
    for (_, facts) in selected.candidates() {
        // A stub does not say who has it.
        if let Seen::Whole(facts) = facts
            && let Some(holder) = facts.delegated_to.as_deref()
        {
            *held.entry(holder).or_default() += 1;
        }
    }
    let mut cells = Vec::new();
    let groups = register.groups.values();
    for group in groups.filter(|group| board.is_none_or(|board| group.board == *board)) {
        let open = held.get(group.id.as_str()).copied().unwrap_or(0);
        for quarter in quarters(from, to) {
            let ended = group.until.is_some_and(|until| until < quarter.first_day());
            if group.from > quarter.last_day() || ended {
                continue;
            }
            let (store, area) = (selected.store, question.area);
            let sent = store.sent(area, &group.id, quarter, selected.cut)?;
            let updated = sent.as_ref().map_or(0, |sent| {
                let said = sent.said.iter();
                said.filter(|reference| holds(selected, group, reference))
                    .count()
            });
            let due_on = register.return_due_on(group, quarter);
            cells.push(ReturnCell {
                updated: u32::try_from(updated).unwrap_or(u32::MAX),
                open,
                ..cell(question, group, quarter, sent.as_deref(), due_on)
            });
        }
    }
    Ok(cells)
}

/// Whether a group has an action that is open and that the reader may read.
fn holds(selected: &Selection<'_>, group: &Group, reference: &Reference) -> bool {
    let facts = selected.view.open(reference);
    facts.is_some_and(|facts| facts.delegated_to.as_deref() == Some(group.id.as_str()))
        && !selected.hides(reference)
}

fn cell(
    question: &Question<'_>,
    group: &Group,
    quarter: Quarter,
    sent: Option<&Sent>,
    due_on: NaiveDate,
) -> ReturnCell {
    let unsent = || ReturnStatus::of(None, quarter, due_on, question.as_at());
    ReturnCell {
        group: group.id.clone(),
        name: group.names.on(quarter.last_day()).to_string(),
        quarter,
        status: sent.map_or_else(unsent, |sent| sent.status),
        due_on: sent.map_or(due_on, |sent| sent.due_on),
        submitted_on: sent.map(|sent| sent.on),
        overall: sent.and_then(|sent| sent.overall),
        corrections: sent.map_or(0, |sent| sent.corrections),
        updated: 0,
        open: 0,
    }
}
