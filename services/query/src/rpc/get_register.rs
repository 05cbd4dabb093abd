//! Bodies, groups, series and meetings, under their names of the day.

use api::failure::{Failure, Violations};
use api::message;
use api::v1;
use tonic::Request;

use crate::failure::of_read;
use crate::service::Service;

pub(super) async fn answer(
    service: &Service,
    request: Request<v1::GetRegisterRequest>,
) -> Result<v1::GetRegisterResponse, Failure> {
    let mut wrong = Violations::new();
    let reading = message::reading(request.get_ref().reading.as_ref(), &mut wrong);
    let asked = service.asked(&request, wrong.or(reading)?)?;
    let (asked, register, position) = service
        .ask(asked, |model, asked| {
            model
                .register(&asked.reading.area, &asked.reading.as_of)
                .map_err(of_read)
        })
        .await?;
    Ok(v1::GetRegisterResponse {
        freshness: Some(service.freshness(position)),
        ..message::register(&register, asked.as_at())
    })
}
