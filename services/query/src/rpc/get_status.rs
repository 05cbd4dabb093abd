//! How the read models stand. Anybody may ask how fresh they are; the rest is for those who keep or
//! audit the record, since reasons may quote what is stored.

use api::failure::Failure;
use api::message::freshness;
use api::read_figures::percent;
use api::v1;
use domain::policy::{Operation, Principal};
use tonic::Request;

use crate::path::allow;
use crate::service::Service;

pub(super) async fn answer(
    service: &Service,
    request: Request<v1::GetStatusRequest>,
) -> Result<v1::GetStatusResponse, Failure> {
    let now = (service.inner.clock)();
    let status = service.inner.model.status(now);
    let public = v1::GetStatusResponse {
        freshness: Some(freshness(&status, status.position, now)),
        head: status.head,
        version: status.version,
        rebuilding: status.rebuilding.is_some(),
        rebuilt_percent: status.rebuilding.map_or(100, |r| {
            u32::try_from(percent(r.position, r.head)).unwrap_or(100)
        }),
        ..v1::GetStatusResponse::default()
    };
    let insider = request
        .extensions()
        .get::<Principal>()
        .is_some_and(|who| allow(who, Operation::ReadStatus, &who.area, None).is_ok());
    if !insider {
        return Ok(public);
    }
    Ok(v1::GetStatusResponse {
        incarnation: status
            .incarnation
            .map(|i| i.to_string())
            .unwrap_or_default(),
        parked: status
            .parked
            .into_iter()
            .map(|parked| v1::Parked {
                subject: parked.subject,
                position: parked.sequence,
                reason: parked.reason,
            })
            .collect(),
        stopped: status.stopped.unwrap_or_default(),
        ..public
    })
}
