//! What clients tell each other of the actions: which there are, and what was told of them.

use super::Asking;
use crate::history::Kind;
use api::v1;

/// The most responses that are remembered of one action.
const RESPONSES: usize = 3;

/// An action that somebody was told of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// Its reference.
    pub reference: String,
    /// The last position that was told; 0 of a child, of which nobody was told one.
    pub last: u64,
    /// The last responses to it.
    pub responses: Vec<String>,
    /// Whom it was given to last.
    pub holder: Option<String>,
}

/// Actions in the order in which they became known.
#[derive(Debug, Default)]
pub struct Notes(Vec<Known>);

impl Notes {
    /// All of them.
    #[must_use]
    pub fn all(&self) -> &[Known] {
        &self.0
    }

    /// Learns from an answer.
    pub fn learn(&mut self, asking: &Asking, written: &v1::Written) {
        let told = std::iter::once((&written.reference, written.position));
        for (reference, position) in told.chain(written.children.iter().map(|child| (child, 0))) {
            let raised = written.events.iter().any(|e| e == "action.raised.v1");
            match self
                .0
                .iter_mut()
                .find(|known| known.reference == *reference)
            {
                Some(known) => known.last = position.max(known.last),
                // Only what is new is learned: an old action does not come back.
                None if raised || position == 0 => self.0.push(Known {
                    reference: reference.clone(),
                    last: position,
                    ..Known::default()
                }),
                None => {}
            }
        }
        let all = asking.references.iter();
        let of_all = matches!(asking.kind, Kind::Respond | Kind::RespondTogether);
        for reference in all.filter(|_| of_all && !written.response_id.is_empty()) {
            if let Some(known) = self.find(reference) {
                known.responses.push(written.response_id.clone());
                let surplus = known.responses.len().saturating_sub(RESPONSES);
                known.responses.drain(..surplus);
            }
        }
        let to = match &asking.message {
            super::Message::DelegateAction(asked) => Some(&asked.to),
            super::Message::TransferAction(asked) => Some(&asked.to),
            _ => None,
        };
        if let (Some(to), Some(known)) = (to, self.find(&written.reference)) {
            known.holder = Some(to.clone());
        }
    }

    fn find(&mut self, reference: &str) -> Option<&mut Known> {
        self.0.iter_mut().find(|known| known.reference == reference)
    }

    /// Forgets the oldest beyond so many.
    pub fn keep(&mut self, most: usize) {
        let surplus = self.0.len().saturating_sub(most);
        self.0.drain(..surplus);
    }
}
