//! `action update`.

use super::super::arguments::{WriteOptions, citation, day, quarter, reference, said, text, word};
use super::super::session::Session;
use super::holder::holder;
use super::told::record;
use crate::failure::Failure;
use api::v1;
use chrono::NaiveDate;
use clap::Args;
use domain::calendar::Quarter;

/// What an update says, here and in a return.
#[derive(Debug, Args)]
pub(crate) struct Said {
    /// How it goes; - reads standard input
    text: String,
    /// Delivery confidence: green, amber, red
    #[arg(long, value_parser = word::<v1::Rag>, value_name = "RAG")]
    rag: v1::Rag,
    /// What will get it back on track; needed for amber and red
    #[arg(long, value_name = "TEXT")]
    recovery: Option<String>,
    /// The next milestone
    #[arg(long, value_name = "TEXT")]
    milestone: Option<String>,
    /// When it is expected to be done
    #[arg(long, value_parser = day, value_name = "DATE")]
    expected_on: Option<NaiveDate>,
    /// Evidence: a title, or title=…; paragraph=…; link=…; dated=…
    #[arg(long, value_parser = citation, value_name = "PAPER")]
    evidence: Vec<v1::Citation>,
}

impl Said {
    fn progress(&self) -> Result<v1::Progress, Failure> {
        Ok(v1::Progress {
            rag: self.rag.into(),
            narrative: text(&self.text)?,
            recovery: self.recovery.clone().unwrap_or_default(),
            milestone: self.milestone.clone().unwrap_or_default(),
            expected_on: said(self.expected_on),
            evidence: self.evidence.clone(),
        })
    }
}

/// Report progress.
#[derive(Debug, Args)]
pub(crate) struct Update {
    /// Reference of the action
    #[arg(value_parser = reference)]
    reference: String,
    /// The quarter it reports on: Q3 2018/19
    #[arg(long, value_parser = quarter, value_name = "QUARTER")]
    period: Quarter,
    #[command(flatten)]
    said: Said,
    #[command(flatten)]
    write: WriteOptions,
}

impl Update {
    /// Runs it.
    pub(super) async fn run(self, session: &mut Session) -> Result<(), Failure> {
        let part = holder(session, &self.reference).await?;
        let request = v1::RecordUpdateRequest {
            write: None,
            reference: self.reference.clone(),
            period: self.period.to_string(),
            progress: Some(self.said.progress()?),
        };
        let rag = crate::words::said::<v1::Rag>(self.said.rag.into());
        let what = format!(
            "{}: progress in {} recorded, {rag}",
            self.reference, self.period
        );
        let next = format!("matters action respond {} TEXT", self.reference);
        record(session, &part, &self.write, request, &what, &next).await
    }
}
