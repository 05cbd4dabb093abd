//! `action triage`, `delegate`, `accept`, `decline`, `transfer`.

use super::super::arguments::{WriteOptions, day, reference, said, word};
use super::super::session::Session;
use super::holder::holder;
use super::told::record;
use crate::failure::Failure;
use crate::reach::Part;
use api::v1;
use chrono::NaiveDate;
use clap::Args;
use domain::policy::Role;

const OFFICE: Part = Part::Role(Role::Office);

/// Say whose matter it is and whether it is sensitive.
#[derive(Debug, Args)]
pub(crate) struct Triage {
    /// Reference of the action
    #[arg(value_parser = reference)]
    reference: String,
    /// Whose matter: commissioner, operational, partner-body, out-of-remit
    #[arg(long, value_parser = word::<v1::Remit>, value_name = "REMIT")]
    remit: v1::Remit,
    /// How much cannot be in the public domain: none, part, whole
    #[arg(long, default_value = "none", value_parser = word::<v1::Sensitivity>, value_name = "HOW-MUCH")]
    sensitivity: v1::Sensitivity,
    /// Note
    #[arg(long)]
    note: Option<String>,
    #[command(flatten)]
    write: WriteOptions,
}

impl Triage {
    /// Runs it.
    pub(super) async fn run(self, session: &mut Session) -> Result<(), Failure> {
        let request = v1::TriageActionRequest {
            write: None,
            reference: self.reference.clone(),
            remit: self.remit.into(),
            sensitivity: self.sensitivity.into(),
            note: self.note.unwrap_or_default(),
        };
        let remit = crate::words::said::<v1::Remit>(self.remit.into());
        let what = format!("{}: triaged, remit {remit}", self.reference);
        let next = format!("matters action delegate {} --to GROUP", self.reference);
        record(session, &OFFICE, &self.write, request, &what, &next).await
    }
}

/// Give it to a delivery group or a body.
#[derive(Debug, Args)]
pub(crate) struct Delegate {
    /// Reference of the action
    #[arg(value_parser = reference)]
    reference: String,
    /// To whom: identifier, name or alias
    #[arg(long, value_name = "PARTY")]
    to: String,
    /// When they are to be done
    #[arg(long, value_parser = day, value_name = "DATE")]
    due: Option<NaiveDate>,
    /// Note
    #[arg(long)]
    note: Option<String>,
    #[command(flatten)]
    write: WriteOptions,
}

impl Delegate {
    /// Runs it.
    pub(super) async fn run(self, session: &mut Session) -> Result<(), Failure> {
        let request = v1::DelegateActionRequest {
            write: None,
            reference: self.reference.clone(),
            to: self.to.clone(),
            due_on: said(self.due),
            note: self.note.unwrap_or_default(),
        };
        let what = format!("{}: delegated to {}", self.reference, self.to);
        let next = format!("they accept it: matters action accept {}", self.reference);
        record(session, &OFFICE, &self.write, request, &what, &next).await
    }
}

/// Take on what was delegated.
#[derive(Debug, Args)]
pub(crate) struct Accept {
    /// Reference of the action
    #[arg(value_parser = reference)]
    reference: String,
    #[command(flatten)]
    write: WriteOptions,
}

impl Accept {
    /// Runs it.
    pub(super) async fn run(self, session: &mut Session) -> Result<(), Failure> {
        let part = holder(session, &self.reference).await?;
        let reference = self.reference.clone();
        let request = v1::AcceptDelegationRequest {
            write: None,
            reference,
        };
        let what = format!("{}: accepted", self.reference);
        let next = format!(
            "matters action update {} --period QUARTER --rag RAG TEXT",
            self.reference
        );
        record(session, &part, &self.write, request, &what, &next).await
    }
}

/// Do not take on what was delegated.
#[derive(Debug, Args)]
pub(crate) struct Decline {
    /// Reference of the action
    #[arg(value_parser = reference)]
    reference: String,
    /// Why
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    write: WriteOptions,
}

impl Decline {
    /// Runs it.
    pub(super) async fn run(self, session: &mut Session) -> Result<(), Failure> {
        let part = holder(session, &self.reference).await?;
        let request = v1::DeclineDelegationRequest {
            write: None,
            reference: self.reference.clone(),
            reason: self.reason,
        };
        let what = format!("{}: declined", self.reference);
        let next = format!("matters action delegate {} --to ANOTHER", self.reference);
        record(session, &part, &self.write, request, &what, &next).await
    }
}

/// Give it to another group or body.
#[derive(Debug, Args)]
pub(crate) struct Transfer {
    /// Reference of the action
    #[arg(value_parser = reference)]
    reference: String,
    /// To whom: identifier, name or alias
    #[arg(long, value_name = "PARTY")]
    to: String,
    /// When they are to be done
    #[arg(long, value_parser = day, value_name = "DATE")]
    due: Option<NaiveDate>,
    /// Why
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    write: WriteOptions,
}

impl Transfer {
    /// Runs it.
    pub(super) async fn run(self, session: &mut Session) -> Result<(), Failure> {
        let request = v1::TransferActionRequest {
            write: None,
            reference: self.reference.clone(),
            to: self.to.clone(),
            due_on: said(self.due),
            reason: self.reason,
        };
        let what = format!("{}: transferred to {}", self.reference, self.to);
        let next = format!("they accept it: matters action accept {}", self.reference);
        record(session, &OFFICE, &self.write, request, &what, &next).await
    }
}
