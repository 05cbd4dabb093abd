//! How many actions a filter selects, by status: the numbers of the same list.

use api::failure::{Failure, Violations};
use api::message::{self, Word};
use api::v1;
use tonic::Request;

use crate::failure::of_read;
use crate::service::Service;

pub(super) async fn answer(
    service: &Service,
    request: Request<v1::CountActionsRequest>,
) -> Result<v1::CountActionsResponse, Failure> {
    let given = request.get_ref();
    let mut wrong = Violations::new();
    let reading = message::reading(given.reading.as_ref(), &mut wrong);
    let filter = message::action_filter(given.filter.as_ref(), &mut wrong);
    let asked = service.asked(&request, wrong.or(reading)?)?;
    let model = &service.inner.model;
    let at_once = model.has_counts_at_once(&asked.question(), &filter);
    let (_, counts, _) = service
        .ask_where(asked, at_once, move |model, asked| {
            model.counts(&asked.question(), &filter).map_err(of_read)
        })
        .await?;
    Ok(v1::CountActionsResponse {
        total: counts.total,
        open: counts.open,
        overdue: counts.overdue,
        by_status: counts
            .by_status
            .iter()
            .map(|(status, count)| v1::StatusCount {
                status: status.number(),
                count: *count,
            })
            .collect(),
        freshness: Some(service.freshness(counts.position)),
    })
}
