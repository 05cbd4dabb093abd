//! `action propose-closure`, `close`, `reopen`, `withdraw`.

use super::super::arguments::{DueDate, WriteOptions, reference, word};
use super::super::session::Session;
use super::told::record;
use crate::failure::Failure;
use crate::reach::Part;
use crate::words::said;
use api::v1;
use clap::Args;
use domain::policy::Role;

const CLERK: Part = Part::Role(Role::Clerk);
const OFFICE: Part = Part::Role(Role::Office);

/// Say that it is done, for the Panel to agree.
#[derive(Debug, Args)]
pub(crate) struct ProposeClosure {
    /// Reference of the action
    #[arg(value_parser = reference)]
    reference: String,
    /// How it ends: answered, noted, completed, out-of-remit, superseded, not-pursued
    #[arg(long, value_parser = word::<v1::Outcome>, value_name = "OUTCOME")]
    outcome: v1::Outcome,
    /// Why
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    write: WriteOptions,
}

impl ProposeClosure {
    /// Runs it.
    pub(super) async fn run(self, session: &mut Session) -> Result<(), Failure> {
        let request = v1::ProposeClosureRequest {
            write: None,
            reference: self.reference.clone(),
            outcome: self.outcome.into(),
            reason: self.reason,
        };
        let outcome = said::<v1::Outcome>(self.outcome.into());
        let what = format!("{}: closure proposed, as {outcome}", self.reference);
        let next = format!(
            "when the Panel agrees: matters action close {} --outcome OUTCOME",
            self.reference
        );
        record(session, &OFFICE, &self.write, request, &what, &next).await
    }
}

/// Close it, as the Panel agreed.
#[derive(Debug, Args)]
pub(crate) struct Close {
    /// Reference of the action
    #[arg(value_parser = reference)]
    reference: String,
    /// How it ends: answered, noted, completed, out-of-remit, superseded, not-pursued
    #[arg(long, value_parser = word::<v1::Outcome>, value_name = "OUTCOME")]
    outcome: v1::Outcome,
    /// Why
    #[arg(long)]
    reason: Option<String>,
    /// The action that took its place, of the outcome superseded
    #[arg(long, value_parser = reference, value_name = "REFERENCE")]
    superseded_by: Option<String>,
    #[command(flatten)]
    write: WriteOptions,
}

impl Close {
    /// Runs it.
    pub(super) async fn run(self, session: &mut Session) -> Result<(), Failure> {
        let request = v1::CloseActionRequest {
            write: None,
            reference: self.reference.clone(),
            outcome: self.outcome.into(),
            reason: self.reason.unwrap_or_default(),
            superseded_by: self.superseded_by.unwrap_or_default(),
        };
        let outcome = said::<v1::Outcome>(self.outcome.into());
        let what = format!("{}: closed as {outcome}", self.reference);
        let next = format!("matters action show {}", self.reference);
        record(session, &CLERK, &self.write, request, &what, &next).await
    }
}

/// Open it again.
#[derive(Debug, Args)]
pub(crate) struct Reopen {
    /// Reference of the action
    #[arg(value_parser = reference)]
    reference: String,
    /// Why
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    due: DueDate,
    #[command(flatten)]
    write: WriteOptions,
}

impl Reopen {
    /// Runs it.
    pub(super) async fn run(self, session: &mut Session) -> Result<(), Failure> {
        let request = v1::ReopenActionRequest {
            write: None,
            reference: self.reference.clone(),
            reason: self.reason,
            due: self.due.rule(),
        };
        let what = format!("{}: open again", self.reference);
        record(session, &CLERK, &self.write, request, &what, "").await
    }
}

/// Take it back, for who raised it.
#[derive(Debug, Args)]
pub(crate) struct Withdraw {
    /// Reference of the action
    #[arg(value_parser = reference)]
    reference: String,
    /// Why
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    write: WriteOptions,
}

impl Withdraw {
    /// Runs it.
    pub(super) async fn run(self, session: &mut Session) -> Result<(), Failure> {
        let request = v1::WithdrawActionRequest {
            write: None,
            reference: self.reference.clone(),
            reason: self.reason,
        };
        let what = format!("{}: withdrawn", self.reference);
        record(session, &CLERK, &self.write, request, &what, "").await
    }
}
