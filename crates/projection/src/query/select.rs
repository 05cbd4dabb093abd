//! The one selection behind every list and every number.

use std::borrow::Cow;
use std::collections::HashSet;

use domain::reference::Reference;
use serde::Deserialize;

use super::{Question, cut};
use crate::as_of::Cut;
use crate::error::{ReadError, StoreError};
use crate::filter::{Filter, Needle};
use crate::keys;
use crate::store::{Books, Store};
use crate::view::Facts;

/// The texts of a row, and nothing else of it.
#[derive(Deserialize)]
struct Texts<'a> {
    #[serde(borrow)]
    text: Cow<'a, str>,
    #[serde(borrow, default)]
    topic: Option<Cow<'a, str>>,
    #[serde(borrow)]
    parts: Vec<PartText<'a>>,
}

#[derive(Deserialize)]
struct PartText<'a> {
    #[serde(borrow, default)]
    text: Cow<'a, str>,
}

impl Store {
    /// Asks the facts that a filter selects, as the reader may see them.
    pub(super) fn select<T>(
        &self,
        question: &Question<'_>,
        filter: &Filter,
        ask: impl FnOnce(&Books, Cut, Vec<Cow<'_, Facts>>) -> Result<T, StoreError>,
    ) -> Result<T, ReadError> {
        let cut = cut(self, &question.as_of)?;
        self.warm(question.area, cut)?;
        let books = self.books();
        let hidden = question.hidden(&books);
        let found = match &filter.text {
            Some(text) => Some(self.saying(question, &books, &hidden, text)?),
            None => None,
        };
        let as_at = question.as_at();
        let answer = self.view(&books, question.area, cut, |view| {
            let seen = view.facts.values().filter_map(|facts| {
                let facts = if !hidden.is_empty() && hidden.contains(&facts.reference) {
                    Cow::Owned(facts.stub())
                } else {
                    Cow::Borrowed(facts)
                };
                let said = found.as_ref().is_none_or(|f| f.contains(&facts.reference));
                (said && filter.matches_facts(&facts, as_at)).then_some(facts)
            });
            ask(&books, cut, seen.collect())
        })?;
        Ok(answer)
    }

    /// The actions in which a text is found, in what the reader may see of them. Texts never
    /// change, so this holds for every point of time.
    fn saying(
        &self,
        question: &Question<'_>,
        books: &Books,
        hidden: &HashSet<Reference>,
        text: &str,
    ) -> Result<HashSet<Reference>, StoreError> {
        let needle = Needle::new(text);
        let gates = books.gates.get(question.area);
        let mut found = HashSet::new();
        for entry in self.scan(&keys::of_area(keys::ROW, question.area)) {
            let (key, value) = entry?;
            let Some(reference) = keys::reference(&key, 0) else {
                continue;
            };
            let says = if hidden.contains(&reference) {
                let gate = gates.and_then(|gates| gates.get(&reference));
                let title = gate.and_then(|gate| gate.restriction.public_title.as_deref());
                needle.is_in(reference.as_str()) || title.is_some_and(|t| needle.is_in(t))
            } else {
                let texts: Texts<'_> =
                    serde_json::from_slice(&value).map_err(|error| StoreError::Damaged {
                        reason: format!("a row: {error}"),
                    })?;
                needle.is_in(reference.as_str())
                    || needle.is_in(&texts.text)
                    || texts.topic.is_some_and(|topic| needle.is_in(&topic))
                    || texts.parts.iter().any(|part| needle.is_in(&part.text))
            };
            if says {
                found.insert(reference);
            }
        }
        Ok(found)
    }
}
