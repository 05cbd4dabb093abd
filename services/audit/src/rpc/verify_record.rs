//! Checks that the log has no gap, that every event decodes, and that every row of every read model
//! equals a replay.

use api::failure::Violations;
use api::{message, v1};
use tonic::{Request, Status};

use super::refuse;
use crate::failure::of_offline;
use crate::offline::verify_log;
use crate::path::auditor;
use crate::service::Service;

pub(super) async fn answer(
    service: &Service,
    request: Request<v1::VerifyRecordRequest>,
) -> Result<v1::VerifyRecordResponse, Status> {
    let mut wrong = Violations::new();
    let area = message::area("area", &request.get_ref().area, &mut wrong);
    auditor(&request, &wrong.or(area).map_err(refuse)?)?;
    let inner = &service.inner;
    let verdict = verify_log(inner.log.as_ref(), inner.model.as_ref())
        .await
        .map_err(|error| refuse(of_offline(error)))?;
    inner.metrics.verified(verdict.is_sound());
    let sound = verdict.is_sound();
    let finding = verdict.finding.unwrap_or(crate::Finding {
        position: 0,
        sentence: String::new(),
    });
    let freshness = service.freshness(verdict.position).await?;
    Ok(v1::VerifyRecordResponse {
        freshness: Some(freshness),
        sound,
        messages: verdict.messages,
        events: verdict.events,
        rows: verdict.rows,
        first_difference: finding.sentence,
        position: finding.position,
    })
}
