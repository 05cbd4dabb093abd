//! One return: what was sent, and the draft for those who keep it.

use api::failure::{Failure, Violations};
use api::message::{self, return_cell, return_content};
use api::v1;
use domain::policy::Operation;
use tonic::Request;

use super::get_returns_matrix::quarter;
use crate::failure::of_read;
use crate::path::allow;
use crate::service::Service;

pub(super) async fn answer(
    service: &Service,
    request: Request<v1::GetReturnRequest>,
) -> Result<v1::GetReturnResponse, Failure> {
    let given = request.get_ref();
    let mut wrong = Violations::new();
    let reading = message::reading(given.reading.as_ref(), &mut wrong);
    let group = message::slug("group", &given.group, &mut wrong);
    let quarter = quarter("quarter", &given.quarter, &mut wrong);
    let (reading, (group, quarter)) = wrong.or(reading.zip(group.zip(quarter)))?;
    let asked = service.asked(&request, reading)?;
    let read = move |model: &projection::ReadModel, asked: &crate::path::Asked| {
        let question = asked.question();
        let cells = model
            .returns_matrix(&question, None, quarter, quarter)
            .map_err(of_read)?;
        let cell = cells
            .into_iter()
            .find(|cell| cell.group == group)
            .ok_or_else(|| Failure::NotFound {
                what: "delivery group",
                name: group.to_string(),
                field: "group",
            })?;
        let found = model
            .quarterly_return(&question, &group, quarter)
            .map_err(of_read)?;
        // The read model leaves drafts out too; that nobody else sees one is worth two checks.
        let drafts = allow(
            question.reader,
            Operation::ReadReturnDraft,
            question.area.as_str(),
            Some(group.as_str()),
        )
        .is_ok();
        let content = found
            .filter(|found| drafts || found.submitted.is_some())
            .map(|found| found.content);
        Ok((cell, content))
    };
    let (_, (cell, content), position) = service.ask(asked, read).await?;
    Ok(v1::GetReturnResponse {
        cell: Some(return_cell(&cell)),
        content: content.as_ref().map(return_content),
        freshness: Some(service.freshness(position)),
    })
}
