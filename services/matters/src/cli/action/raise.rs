//! `action raise`.

use super::super::arguments::{DueDate, WriteOptions, reference, text, word};
use super::super::lookups::{meeting_entry, only, series};
use super::super::session::Session;
use super::told::tell;
use crate::failure::Failure;
use crate::reach::Part;
use api::v1;
use clap::Args;
use domain::policy::Role;

/// Put a new action on record.
#[derive(Debug, Args)]
pub(crate) struct Raise {
    /// What was asked, verbatim; - reads standard input
    text: String,
    /// Kind: question, action, recommendation, information-request, undertaking
    #[arg(long, default_value = "question", value_parser = word::<v1::Kind>, value_name = "KIND")]
    kind: v1::Kind,
    /// Series whose next number it takes; may be left out when the register has one series for the year
    #[arg(long, value_name = "SERIES", conflicts_with = "reference")]
    series: Option<String>,
    /// Reference kept from an existing log, instead of a new number
    #[arg(long, value_parser = reference, value_name = "REFERENCE")]
    reference: Option<String>,
    /// Topic
    #[arg(long)]
    topic: Option<String>,
    /// Theme
    #[arg(long)]
    theme: Option<String>,
    /// Meeting at which it was raised: its identifier, or its date
    #[arg(long)]
    meeting: Option<String>,
    /// Minute or agenda item
    #[arg(long)]
    minute: Option<String>,
    /// Of whom it is asked; the Commissioner's office when left out and there is one
    #[arg(long, value_name = "PARTY")]
    asked_of: Option<String>,
    /// Who raised it; the panel when left out and there is one
    #[arg(long, value_name = "PARTY")]
    raised_by: Option<String>,
    /// A question in it; give one for each, in order
    #[arg(long = "part", value_name = "TEXT")]
    parts: Vec<String>,
    #[command(flatten)]
    due: DueDate,
    #[command(flatten)]
    write: WriteOptions,
}

impl Raise {
    /// Runs it.
    pub(super) async fn run(mut self, session: &mut Session) -> Result<(), Failure> {
        let due = self.due.needed()?;
        let mut meeting = String::new();
        if let Some(given) = &self.meeting {
            let entry = meeting_entry(session, given).await?;
            // What was raised at a meeting was raised on its day.
            self.write.on = self.write.on.or_else(|| entry.held_on.parse().ok());
            meeting = entry.id;
        }
        let series = match &self.reference {
            Some(_) => String::new(),
            None => series(session, self.series.as_deref(), self.write.on).await?,
        };
        let request = v1::RaiseActionRequest {
            write: None,
            series,
            kept_reference: self.reference.clone().unwrap_or_default(),
            kind: self.kind.into(),
            text: text(&self.text)?,
            topic: self.topic.clone().unwrap_or_default(),
            theme: self.theme.clone().unwrap_or_default(),
            meeting,
            minute: self.minute.clone().unwrap_or_default(),
            asked_of: only(
                session,
                self.asked_of.as_ref(),
                "--asked-of",
                v1::BodyKind::CommissionerOffice,
            )
            .await?,
            raised_by: only(
                session,
                self.raised_by.as_ref(),
                "--raised-by",
                v1::BodyKind::Panel,
            )
            .await?,
            parts: self.parts.clone(),
            due: Some(due),
        };
        let part = Part::Role(Role::Clerk);
        let Some(written) = session.write(&part, &self.write, request).await? else {
            return Ok(());
        };
        let made = written.reference.clone();
        let due = match written.due_on.as_str() {
            "" => "no due date".to_owned(),
            day => format!("due {day}"),
        };
        let next = format!("matters action delegate {made} --to GROUP");
        tell(
            session,
            &written,
            &format!("raised {made}, {due}"),
            Some(&made),
            &next,
        )
    }
}
