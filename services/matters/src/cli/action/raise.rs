//! `action raise`.

use super::super::arguments::{DueDate, WriteOptions, reference, text, word};
use super::super::session::Session;
use super::filter::meeting_entry;
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
        let request = v1::RaiseActionRequest {
            write: None,
            series: self.series(session).await?,
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

    /// The series that was given, or the only one there is for the year.
    async fn series(&self, session: &mut Session) -> Result<String, Failure> {
        if self.reference.is_some() {
            return Ok(String::new());
        }
        if let Some(series) = &self.series {
            return Ok(series.clone());
        }
        let year = self.write.on.map(|on| chrono::Datelike::year(&on));
        let register = session.register().await?;
        let fits: Vec<&v1::SeriesEntry> = register
            .series
            .iter()
            .filter(|series| year.is_none_or(|year| series.year == year))
            .collect();
        match fits.as_slice() {
            [only] => Ok(only.id.clone()),
            _ => {
                let all: Vec<&str> = register
                    .series
                    .iter()
                    .map(|series| series.id.as_str())
                    .collect();
                Err(
                    Failure::usage("which series gives the reference? give --series")
                        .and(format!("there are: {}", all.join(", "))),
                )
            }
        }
    }
}

/// Who was given, or the only body of a kind.
async fn only(
    session: &mut Session,
    given: Option<&String>,
    flag: &str,
    kind: v1::BodyKind,
) -> Result<String, Failure> {
    if let Some(given) = given {
        return Ok(given.clone());
    }
    let register = session.register().await?;
    let fits: Vec<&v1::BodyEntry> = register
        .bodies
        .iter()
        .filter(|body| body.kind() == kind && body.until.is_empty())
        .collect();
    match fits.as_slice() {
        [only] => Ok(only.id.clone()),
        _ => Err(Failure::usage(format!("{flag} is needed"))
            .and("see `matters register show` for the bodies")),
    }
}
