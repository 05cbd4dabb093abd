//! A list out of a replay, with no read model between: the rows of ListActions, byte for byte.

use api::message::{Duties, action_row};
use api::v1;
use chrono::NaiveDate;
use domain::policy::Principal;
use domain::text::Slug;
use projection::{AsOf, Filter, Replay, Row, Sort};

/// What is asked of a list.
#[derive(Debug, Clone, Copy)]
pub struct Listing<'a> {
    /// The force area.
    pub area: &'a Slug,
    /// From which point of time.
    pub as_of: &'a AsOf,
    /// Who asks: rows are redacted before they are filtered.
    pub reader: &'a Principal,
    /// Which rows.
    pub filter: &'a Filter,
    /// In which order.
    pub sort: Sort,
    /// The day on which "overdue" is judged: [`AsOf::as_at`] of today.
    pub as_at: NaiveDate,
}

impl Listing<'_> {
    /// The rows in their order, each with the key that gave it its place.
    pub(crate) fn rows(&self, replay: &Replay) -> Vec<(Vec<u8>, Row)> {
        let mut rows: Vec<(Vec<u8>, Row)> = seen(replay, self.area, self.as_of, self.reader)
            .into_iter()
            .filter(|row| self.filter.matches(row, self.as_at))
            .map(|row| (self.sort.key(&row), row))
            .collect();
        rows.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        rows
    }

    /// The rows as ListActions answers them.
    #[must_use]
    pub fn actions(&self, replay: &Replay) -> Vec<v1::ActionRow> {
        let duties = Duties::of(&replay.register(self.area, self.as_of));
        let rows = self.rows(replay);
        rows.iter()
            .map(|(_, row)| action_row(row, self.as_at, &duties))
            .collect()
    }
}

/// The rows of a time as the reader may see them now: today's access rights apply to past views.
pub(crate) fn seen(replay: &Replay, area: &Slug, as_of: &AsOf, reader: &Principal) -> Vec<Row> {
    let rows = replay.rows(area, as_of).into_iter();
    rows.map(|row| {
        let gate = replay.gate(area, &row.reference);
        row.seen_through(gate.as_ref(), reader, area.as_str())
    })
    .collect()
}
