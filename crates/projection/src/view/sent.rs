//! What the matrix shows of the returns that were sent, kept for the present.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use chrono::NaiveDate;
use domain::action::Rag;
use domain::calendar::Quarter;
use domain::reference::Reference;
use domain::returns::{Return, ReturnStatus};
use domain::text::Slug;

use super::Views;
use crate::as_of::Cut;
use crate::error::StoreError;
use crate::keys;
use crate::store::Store;

/// Most returns of which it is kept: those of a hundred groups over ten years, some kilobytes each.
const KEPT: usize = 4_000;

/// A return that was sent, in short.
#[derive(Debug)]
pub(crate) struct Sent {
    pub(crate) status: ReturnStatus,
    pub(crate) on: NaiveDate,
    pub(crate) due_on: NaiveDate,
    pub(crate) overall: Option<Rag>,
    pub(crate) corrections: u32,
    /// The actions of which it says something.
    pub(crate) said: Vec<Reference>,
}

impl Sent {
    fn of(state: &Return, quarter: Quarter) -> Option<Self> {
        let (on, due_on) = state.submitted?;
        let updates = state.content.updates.iter();
        Some(Self {
            // Of what was sent the day on which it is looked at says nothing.
            status: ReturnStatus::of(Some(state), quarter, due_on, on),
            on,
            due_on,
            overall: state.content.overall,
            corrections: state.corrections,
            said: updates
                .filter(|update| update.said.is_some())
                .map(|update| update.reference.clone())
                .collect(),
        })
    }
}

/// By the key of the return; `None` where nothing was sent.
#[derive(Default)]
pub(super) struct Kept(RwLock<HashMap<Vec<u8>, Option<Arc<Sent>>>>);

impl Kept {
    fn get(&self, key: &[u8]) -> Option<Option<Arc<Sent>>> {
        let kept = self.0.read().unwrap_or_else(PoisonError::into_inner);
        kept.get(key).cloned()
    }

    fn put(&self, key: Vec<u8>, sent: Option<Arc<Sent>>) {
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(key, sent);
    }

    fn forget(&self, key: &[u8]) {
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        kept.remove(key);
    }
}

impl Views {
    /// Lets go of what is kept of a return, by the key of a segment that is written to it. Whoever
    /// writes holds the books alone, so nobody keeps what was read before.
    pub(crate) fn forget(&self, key: &[u8]) {
        if key.first() == Some(&keys::RETURN)
            && let Some(of) = key.len().checked_sub(8).and_then(|end| key.get(..end))
        {
            self.sent.forget(of);
        }
    }
}

impl Store {
    /// A return that was sent; for whoever holds the books.
    pub(crate) fn sent(
        &self,
        area: &Slug,
        group: &Slug,
        quarter: Quarter,
        cut: Cut,
    ) -> Result<Option<Arc<Sent>>, StoreError> {
        let key = (cut == Cut::NOW).then(|| keys::of_return(area, group, quarter));
        if let Some(known) = key.as_ref().and_then(|key| self.views.sent.get(key)) {
            return Ok(known);
        }
        let state = self.quarterly_return(area, group, quarter, cut)?;
        let sent = state.and_then(|state| Sent::of(&state, quarter));
        let sent = sent.map(Arc::new);
        if let Some(key) = key {
            self.views.sent.put(key, sent.clone());
        }
        Ok(sent)
    }
}
