//! One row of a clerk's log, recorded: raised under its own reference, and brought to where it stands.

use super::log_steps::Steps;
use crate::cli::session::Session;
use crate::failure::Failure;
use intake::action_log::LogRow;

/// Records rows.
pub(super) struct Recorder<'a> {
    session: &'a mut Session,
    steps: Steps,
}

impl<'a> Recorder<'a> {
    /// With what rows do not say.
    pub(super) async fn new(
        session: &'a mut Session,
        asked_of: Option<&str>,
        raised_by: Option<&str>,
    ) -> Result<Self, Failure> {
        let steps = Steps::new(session, asked_of, raised_by).await?;
        Ok(Self { session, steps })
    }

    /// Records a row; `false` when all of it was on record.
    pub(super) async fn row(&mut self, row: &LogRow) -> Result<bool, Failure> {
        let mut changed = false;
        for step in self.steps.of(row)? {
            changed |= !step.record(self.session).await?.unchanged;
        }
        Ok(changed)
    }
}
