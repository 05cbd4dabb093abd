//! `action restrict` and `lift`.

use super::super::arguments::{WriteOptions, day, reference};
use super::super::session::Session;
use super::told::{record, tell};
use crate::failure::Failure;
use crate::output::message;
use crate::reach::Part;
use api::v1;
use chrono::NaiveDate;
use clap::Args;
use domain::policy::Role;

const OFFICE: Part = Part::Role(Role::Office);

/// Take it out of public view.
#[derive(Debug, Args)]
pub(crate) struct Restrict {
    /// Reference of the action
    #[arg(value_parser = reference)]
    reference: String,
    #[command(flatten)]
    ground: Ground,
    /// Why the public interest is served by it
    #[arg(long)]
    reason: String,
    /// When it is to be looked at again
    #[arg(long, value_parser = day, value_name = "DATE")]
    review_on: NaiveDate,
    /// What the public is told
    #[arg(long, value_name = "TEXT")]
    explanation: String,
    /// A title that the public may see
    #[arg(long, value_name = "TITLE")]
    public_title: Option<String>,
    #[command(flatten)]
    write: WriteOptions,
}

/// Why it is restricted: exactly one.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Ground {
    /// Paragraph of Part 1 of Schedule 12A, Local Government Act 1972
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=7), value_name = "1-7")]
    paragraph: Option<u32>,
    /// It is operationally sensitive
    #[arg(long)]
    operational: bool,
    /// It holds personal information
    #[arg(long)]
    personal: bool,
    /// It holds legal advice
    #[arg(long)]
    legal: bool,
}

impl Ground {
    fn message(&self) -> v1::Ground {
        use v1::ground::Ground as Kind;
        let ground = match (self.paragraph, self.operational, self.personal) {
            (Some(paragraph), ..) => Kind::Schedule12aParagraph(paragraph),
            (None, true, _) => Kind::OperationallySensitive(true),
            (None, false, true) => Kind::PersonalInformation(true),
            (None, false, false) => Kind::LegalAdvice(self.legal),
        };
        v1::Ground {
            ground: Some(ground),
        }
    }
}

impl Restrict {
    /// Runs it.
    pub(super) async fn run(self, session: &mut Session) -> Result<(), Failure> {
        let request = v1::RestrictActionRequest {
            write: None,
            reference: self.reference.clone(),
            ground: Some(self.ground.message()),
            reason: self.reason,
            review_on: self.review_on.to_string(),
            explanation: self.explanation,
            public_title: self.public_title.unwrap_or_default(),
        };
        let Some(written) = session.write(&OFFICE, &self.write, request).await? else {
            return Ok(());
        };
        let what = format!(
            "{}: restricted, to be reviewed on {}",
            self.reference, self.review_on
        );
        tell(session, &written, &what, None, "")?;
        if !written.also_restricted.is_empty() {
            message(&format!(
                "restricted with it, since words of it stand there: {}",
                written.also_restricted.join(", ")
            ));
        }
        message("copies that were taken already cannot be recalled");
        Ok(())
    }
}

/// Put it back into public view.
#[derive(Debug, Args)]
pub(crate) struct Lift {
    /// Reference of the action
    #[arg(value_parser = reference)]
    reference: String,
    /// Why
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    write: WriteOptions,
}

impl Lift {
    /// Runs it.
    pub(super) async fn run(self, session: &mut Session) -> Result<(), Failure> {
        let request = v1::LiftRestrictionRequest {
            write: None,
            reference: self.reference.clone(),
            reason: self.reason,
        };
        let what = format!("{}: in public view again", self.reference);
        record(session, &OFFICE, &self.write, request, &what, "").await
    }
}
