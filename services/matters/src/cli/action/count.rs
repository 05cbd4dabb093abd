//! `action count`.

use super::super::arguments::AsOf;
use super::super::session::Session;
use super::filter::Filter;
use crate::failure::Failure;
use crate::output::json;
use crate::reach::within;
use crate::words::said;
use api::v1;
use clap::Args;

/// Count actions by state.
#[derive(Debug, Args)]
pub(crate) struct Count {
    #[command(flatten)]
    filter: Filter,
    #[command(flatten)]
    as_of: AsOf,
}

impl Count {
    /// Runs it.
    pub(super) async fn run(self, session: &mut Session) -> Result<(), Failure> {
        let request = v1::CountActionsRequest {
            reading: Some(session.reading(&self.as_of)),
            filter: Some(self.filter.message(session).await?),
        };
        let mut query = session.query().await?;
        let counts = query.count_actions(within(request)).await?.into_inner();
        if session.out.is_json() {
            return session
                .out
                .json(&json::of("CountActionsResponse", &counts)?);
        }
        let mut rows = vec![
            vec!["all".to_owned(), counts.total.to_string()],
            vec!["not closed".to_owned(), counts.open.to_string()],
            vec!["overdue".to_owned(), counts.overdue.to_string()],
        ];
        rows.extend(
            counts
                .by_status
                .iter()
                .map(|count| vec![said::<v1::Status>(count.status), count.count.to_string()]),
        );
        session.out.rows(&["state", "actions"], &rows)
    }
}
