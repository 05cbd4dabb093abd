//! Which actions are meant.

use super::super::arguments::{day, said, word};
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

/// The identifier of a body or group given by identifier, name or alias.
pub(crate) async fn party(session: &mut Session, given: Option<&str>) -> Result<String, Failure> {
    let Some(given) = given else {
        return Ok(String::new());
    };
    let register = session.register().await?;
    let same = |text: &String| text.eq_ignore_ascii_case(given);
    let group = register
        .groups
        .iter()
        .find(|group| group.id == given || same(&group.name) || group.aliases.iter().any(same));
    if let Some(group) = group {
        return Ok(group.id.clone());
    }
    register
        .bodies
        .iter()
        .find(|body| body.id == given || same(&body.name))
        .map(|body| body.id.clone())
        .ok_or_else(|| {
            Failure::usage(format!("nobody called {given:?} is in the register"))
                .and("see `matters register show`")
        })
}

/// The identifier of a meeting given by identifier or date.
pub(crate) async fn meeting(session: &mut Session, given: Option<&str>) -> Result<String, Failure> {
    match given {
        None => Ok(String::new()),
        Some(given) => meeting_entry(session, given)
            .await
            .map(|meeting| meeting.id),
    }
}

/// A meeting given by identifier or date.
pub(crate) async fn meeting_entry(
    session: &mut Session,
    given: &str,
) -> Result<v1::MeetingEntry, Failure> {
    let on = day(given).ok().map(|day| day.to_string());
    let register = session.register().await?;
    let mut there = register
        .meetings
        .into_iter()
        .filter(|meeting| meeting.id == given || Some(&meeting.held_on) == on.as_ref());
    match (there.next(), there.next()) {
        (Some(meeting), None) => Ok(meeting),
        (Some(_), Some(_)) => Err(Failure::usage(format!(
            "more than one meeting was held on {given}; give the identifier of one"
        ))),
        _ => Err(
            Failure::usage(format!("no meeting {given} is in the register"))
                .and("see `matters meeting list`"),
        ),
    }
}
