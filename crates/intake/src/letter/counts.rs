//! How many of everything was found.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Coverage, LetterProposal};

/// The counts of a letter, as a clerk would make them with a pencil.
///
/// - A *topic* is a heading with at least one item under it (or the nameless one of a letter without).
/// - An *item* is a bullet or a number at the outer level; lists inside an answer are not counted.
/// - A *sentence asked* is a question or a request; asked twice inside one item it is counted twice
///   in `asked` and once in `distinct`. The same words under another item are another question.
/// - *Links* are web addresses anywhere in the letter, each occurrence; mail addresses are not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counts {
    /// Topics with an item.
    pub topics: usize,
    /// Bullets or numbers at the outer level.
    pub items: usize,
    /// Items that ask something.
    pub items_asking: usize,
    /// Sentences that ask something.
    pub asked: usize,
    /// The same, without repetitions inside an item.
    pub distinct: usize,
    /// Items that ask nothing.
    pub statement_only: usize,
    /// Web addresses, each occurrence.
    pub links: usize,
    /// Different web addresses.
    pub distinct_links: usize,
    /// Other actions that the covering letter only notes.
    pub noted_actions: usize,
    /// Sentences that promise something.
    pub undertakings: usize,
    /// Distinct sentences that got no answer.
    pub unanswered: usize,
}

impl Counts {
    /// Counts what a proposal holds.
    #[must_use]
    pub fn of(proposal: &LetterProposal) -> Self {
        let items: Vec<_> = proposal
            .topics
            .iter()
            .flat_map(|topic| &topic.items)
            .collect();
        let parts: Vec<_> = items.iter().flat_map(|item| &item.parts).collect();
        let links: Vec<&String> = items
            .iter()
            .flat_map(|item| &item.links)
            .chain(&proposal.other_links)
            .collect();
        let fresh = |part: &&&super::Part| part.repeats.is_none();
        Self {
            topics: proposal.topics.len(),
            items: items.len(),
            items_asking: items.iter().filter(|item| !item.statement_only).count(),
            asked: parts.len(),
            distinct: parts.iter().filter(fresh).count(),
            statement_only: items.iter().filter(|item| item.statement_only).count(),
            links: links.len(),
            distinct_links: links.iter().collect::<BTreeSet<_>>().len(),
            noted_actions: proposal.noted_actions.len(),
            undertakings: items.iter().map(|item| item.undertakings.len()).sum(),
            unanswered: parts
                .iter()
                .filter(fresh)
                .filter(|part| part.coverage == Coverage::NotAddressed)
                .count(),
        }
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} topics, {} items: {} ask {} questions or requests ({} distinct, {} unanswered), {} are statements only; \
             {} links ({} distinct), {} undertakings, {} other actions noted",
            self.topics,
            self.items,
            self.items_asking,
            self.asked,
            self.distinct,
            self.unanswered,
            self.statement_only,
            self.links,
            self.distinct_links,
            self.undertakings,
            self.noted_actions,
        )
    }
}
