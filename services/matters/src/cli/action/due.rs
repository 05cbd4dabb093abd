//! `action move-due`, `pause`, `resume`.

use super::super::arguments::{DueDate, WriteOptions, reference};
use super::super::session::Session;
use super::told::{record, tell};
use crate::failure::Failure;
use crate::output::message;
use crate::reach::Part;
use api::v1;
use clap::Args;
use domain::policy::Role;

const CLERK: Part = Part::Role(Role::Clerk);

/// Move the due date; the first one is kept.
#[derive(Debug, Args)]
pub(crate) struct MoveDue {
    /// Reference of the action
    #[arg(value_parser = reference)]
    reference: String,
    #[command(flatten)]
    due: DueDate,
    /// Why
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    write: WriteOptions,
}

impl MoveDue {
    /// Runs it.
    pub(super) async fn run(self, session: &mut Session) -> Result<(), Failure> {
        let request = v1::MoveDueDateRequest {
            write: None,
            reference: self.reference.clone(),
            due: Some(self.due.needed()?),
            reason: self.reason,
        };
        let Some(written) = session.write(&CLERK, &self.write, request).await? else {
            return Ok(());
        };
        let row = session.action(&self.reference).await.unwrap_or_default();
        let moves = row.due_moves;
        if moves > 1 && !written.unchanged {
            message(&format!(
                "warning: the due date of {} has now been moved {moves} times",
                self.reference
            ));
        }
        // What adds nothing works out no date: it is the one on record.
        let due = match written.due_on.as_str() {
            "" => &row.due_on,
            due => due,
        };
        let what = format!("{}: due date moved to {due}", self.reference);
        tell(session, &written, &what, None, "")
    }
}

/// Stop the clock.
#[derive(Debug, Args)]
pub(crate) struct Pause {
    /// Reference of the action
    #[arg(value_parser = reference)]
    reference: String,
    /// Why
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    write: WriteOptions,
}

impl Pause {
    /// Runs it.
    pub(super) async fn run(self, session: &mut Session) -> Result<(), Failure> {
        let request = v1::PauseClockRequest {
            write: None,
            reference: self.reference.clone(),
            reason: self.reason,
        };
        let what = format!("{}: the clock stands", self.reference);
        let next = format!("matters action resume {}", self.reference);
        record(session, &CLERK, &self.write, request, &what, &next).await
    }
}

/// Let the clock run again.
#[derive(Debug, Args)]
pub(crate) struct Resume {
    /// Reference of the action
    #[arg(value_parser = reference)]
    reference: String,
    #[command(flatten)]
    write: WriteOptions,
}

impl Resume {
    /// Runs it.
    pub(super) async fn run(self, session: &mut Session) -> Result<(), Failure> {
        let reference = self.reference.clone();
        let request = v1::ResumeClockRequest {
            write: None,
            reference,
        };
        let Some(written) = session.write(&CLERK, &self.write, request).await? else {
            return Ok(());
        };
        let due = match written.due_on.as_str() {
            "" => String::new(),
            day => format!(", due {day}"),
        };
        let what = format!("{}: the clock runs again{due}", self.reference);
        tell(session, &written, &what, None, "")
    }
}
