//! `status` and `performance`.

use super::arguments::{AsOf, day, said};
use super::lookups::party;
use super::session::Session;
use crate::failure::{Exit, Failure};
use crate::output::{json, message};
use crate::reach::{Part, within};
use api::v1;
use chrono::NaiveDate;
use clap::Args;
use domain::policy::Role;

/// How the services stand.
#[derive(Debug, Args)]
pub(crate) struct Status {}

impl Status {
    /// Runs it.
    pub(super) async fn run(self, session: &mut Session) -> Result<Exit, Failure> {
        let operator = Part::Role(Role::Operator);
        let mut query = session.query_as(&operator).await?;
        let status = query
            .get_status(within(v1::GetStatusRequest {}))
            .await?
            .into_inner();
        let exit = if status.stopped.is_empty() {
            Exit::Done
        } else {
            Exit::Integrity
        };
        if session.out.is_json() {
            session.out.json(&json::of("GetStatusResponse", &status)?)?;
            return Ok(exit);
        }
        let freshness = status.freshness.clone().unwrap_or_default();
        let rebuilding = if status.rebuilding {
            format!("{} percent", status.rebuilt_percent)
        } else {
            String::new()
        };
        session.out.pairs(&[
            ("position", freshness.position.to_string()),
            ("last of the log", status.head.to_string()),
            ("behind", format!("{} messages", freshness.lag_events)),
            ("log", status.incarnation.clone()),
            ("read models", format!("version {}", status.version)),
            ("rebuilding", rebuilding),
            ("stopped", status.stopped.clone()),
        ])?;
        for parked in &status.parked {
            let (subject, position) = (&parked.subject, parked.position);
            message(&format!(
                "parked: {subject} at {position}: {}",
                parked.reason
            ));
        }
        Ok(exit)
    }
}

/// How many were answered in time, and how long it took.
#[derive(Debug, Args)]
pub(crate) struct Performance {
    /// Of this body or group: identifier, name or alias; everybody when left out
    #[arg(long, value_name = "PARTY")]
    party: Option<String>,
    /// Raised on this day or later
    #[arg(long, value_parser = day, value_name = "DATE")]
    from: Option<NaiveDate>,
    /// Raised on this day or earlier
    #[arg(long, value_parser = day, value_name = "DATE")]
    to: Option<NaiveDate>,
    #[command(flatten)]
    as_of: AsOf,
}

impl Performance {
    /// Runs it.
    pub(super) async fn run(self, session: &mut Session) -> Result<Exit, Failure> {
        let request = v1::GetPerformanceRequest {
            reading: Some(session.reading(&self.as_of)),
            party: party(session, self.party.as_deref()).await?,
            from: said(self.from),
            to: said(self.to),
        };
        let mut query = session.query().await?;
        let found = query.get_performance(within(request)).await?.into_inner();
        if session.out.is_json() {
            session
                .out
                .json(&json::of("GetPerformanceResponse", &found)?)?;
            return Ok(Exit::Done);
        }
        let days = |days: Option<f64>| days.map_or_else(String::new, |days| days.to_string());
        session.out.pairs(&[
            ("raised", found.raised.to_string()),
            ("answered", found.answered.to_string()),
            (
                "on time, by the first date",
                found.on_time_first_date.to_string(),
            ),
            (
                "on time, by the current date",
                found.on_time_current_date.to_string(),
            ),
            ("late", found.late.to_string()),
            ("unanswered", found.unanswered.to_string()),
            ("median days", days(found.median_days)),
            ("median working days", days(found.median_working_days)),
        ])?;
        Ok(Exit::Done)
    }
}
