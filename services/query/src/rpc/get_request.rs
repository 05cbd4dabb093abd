//! What became of a request.

use api::failure::{Failure, Violations};
use api::message;
use api::v1;
use tonic::Request;
use uuid::Uuid;

use crate::failure::of_read;
use crate::service::Service;

pub(super) async fn answer(
    service: &Service,
    request: Request<v1::GetRequestRequest>,
) -> Result<v1::GetRequestResponse, Failure> {
    let given = request.get_ref();
    let mut wrong = Violations::new();
    let reading = message::reading(given.reading.as_ref(), &mut wrong);
    let id = Uuid::parse_str(&given.request_id);
    if id.is_err() {
        wrong.add(
            "request_id",
            "is no UUID; give the request id of a write, such as \
             0197b0c4-7a10-7000-8000-000000000001",
        );
    }
    let (reading, id) = wrong.or(reading.zip(id.ok()))?;
    let asked = service.asked(&request, reading)?;
    let (_, found, position) = service
        .ask(asked, move |model, _| model.request(id).map_err(of_read))
        .await?;
    Ok(v1::GetRequestResponse {
        found: found.is_some(),
        position: found.unwrap_or(0),
        freshness: Some(service.freshness(position)),
    })
}
