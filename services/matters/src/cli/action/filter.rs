//! Which actions are meant.

use super::super::arguments::{day, said, word};
use super::super::lookups::{meeting, party};
use super::super::session::Session;
use crate::failure::Failure;
use api::v1;
use chrono::NaiveDate;
use clap::Args;

/// Everything that is given must hold.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Which")]
pub(crate) struct Filter {
    /// Only what is open (part answered, holding response and proposed to close included)
    #[arg(long, conflicts_with = "closed")]
    open: bool,
    /// Only what is closed or withdrawn
    #[arg(long)]
    closed: bool,
    /// Only what is overdue
    #[arg(long)]
    overdue: bool,
    /// Only in this state; may be given again: open, part-answered, holding-response, answered, …
    #[arg(long, value_parser = word::<v1::Status>, value_name = "STATE")]
    state: Vec<v1::Status>,
    /// Only of this kind; may be given again
    #[arg(long, value_parser = word::<v1::Kind>, value_name = "KIND")]
    kind: Vec<v1::Kind>,
    /// Only what is asked of this body: identifier or name
    #[arg(long, value_name = "BODY")]
    asked_of: Option<String>,
    /// Only what this body raised: identifier or name
    #[arg(long, value_name = "BODY")]
    raised_by: Option<String>,
    /// Only what this group or body has: identifier, name or alias
    #[arg(long, alias = "group", value_name = "PARTY")]
    delegated_to: Option<String>,
    /// Only under this topic
    #[arg(long)]
    topic: Option<String>,
    /// Only under this theme
    #[arg(long)]
    theme: Option<String>,
    /// Only from this meeting: its identifier, or its date
    #[arg(long)]
    meeting: Option<String>,
    /// Only with this delivery confidence; may be given again
    #[arg(long, value_parser = word::<v1::Rag>, value_name = "RAG")]
    rag: Vec<v1::Rag>,
    /// Only answered this far; may be given again
    #[arg(long, value_parser = word::<v1::Coverage>, value_name = "COVERAGE")]
    coverage: Vec<v1::Coverage>,
    /// Only due on this day or later
    #[arg(long, value_parser = day, value_name = "DATE")]
    due_from: Option<NaiveDate>,
    /// Only due on this day or earlier
    #[arg(long, value_parser = day, value_name = "DATE")]
    due_to: Option<NaiveDate>,
    /// Only what is restricted
    #[arg(long)]
    restricted: bool,
    /// Only with this in the reference, text, parts or topic, in any case
    #[arg(long, value_name = "TEXT")]
    text: Option<String>,
}

impl Filter {
    /// For the contract, names looked up in the register.
    pub(crate) async fn message(&self, session: &mut Session) -> Result<v1::ActionFilter, Failure> {
        let open = match (self.open, self.closed) {
            (true, _) => Some(true),
            (_, true) => Some(false),
            _ => None,
        };
        Ok(v1::ActionFilter {
            kinds: self.kind.iter().map(|kind| (*kind).into()).collect(),
            asked_of: party(session, self.asked_of.as_deref()).await?,
            raised_by: party(session, self.raised_by.as_deref()).await?,
            delegated_to: party(session, self.delegated_to.as_deref()).await?,
            topic: self.topic.clone().unwrap_or_default(),
            theme: self.theme.clone().unwrap_or_default(),
            meeting: meeting(session, self.meeting.as_deref()).await?,
            statuses: self.state.iter().map(|state| (*state).into()).collect(),
            open,
            rags: self.rag.iter().map(|rag| (*rag).into()).collect(),
            overdue: self.overdue.then_some(true),
            due_from: said(self.due_from),
            due_to: said(self.due_to),
            restricted: self.restricted.then_some(true),
            coverages: self
                .coverage
                .iter()
                .map(|coverage| (*coverage).into())
                .collect(),
            text: self.text.clone().unwrap_or_default(),
        })
    }
}
