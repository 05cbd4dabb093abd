//! Which questions of a meeting were answered, in part, signposted, withheld, not addressed.

use std::collections::BTreeMap;

use api::failure::{Failure, Violations};
use api::message::{self, Word, into_action_row};
use api::v1;
use tonic::Request;

use crate::failure::of_read;
use crate::path::duties;
use crate::service::Service;

pub(super) async fn answer(
    service: &Service,
    request: Request<v1::GetMeetingCoverageRequest>,
) -> Result<v1::GetMeetingCoverageResponse, Failure> {
    let given = request.get_ref();
    let mut wrong = Violations::new();
    let reading = message::reading(given.reading.as_ref(), &mut wrong);
    let meeting = message::slug("meeting", &given.meeting, &mut wrong);
    let (reading, meeting) = wrong.or(reading.zip(meeting))?;
    let asked = service.asked(&request, reading)?;
    let read = move |model: &projection::ReadModel, asked: &crate::path::Asked| {
        let reading = &asked.reading;
        let known = model.with_register(&reading.area, &reading.as_of, |register| {
            register.meetings.contains_key(&meeting)
        });
        if !known.map_err(of_read)? {
            return Err(Failure::NotFound {
                what: "meeting",
                name: meeting.to_string(),
                field: "meeting",
            });
        }
        let rows = model
            .coverage_of_meeting(&asked.question(), &meeting)
            .map_err(of_read)?;
        Ok((rows, duties(model, asked)?))
    };
    let (asked, (rows, duties), position) = service.ask(asked, read).await?;
    let mut counts = BTreeMap::new();
    for (coverage, parts) in rows.iter().flat_map(|row| &row.parts) {
        *counts.entry(*coverage).or_insert(0_u32) += parts;
    }
    let as_at = asked.as_at();
    Ok(v1::GetMeetingCoverageResponse {
        actions: rows
            .into_iter()
            .map(|row| into_action_row(row.row, as_at, &duties))
            .collect(),
        counts: counts
            .into_iter()
            .map(|(coverage, parts)| v1::CoverageCount {
                coverage: coverage.number(),
                parts,
            })
            .collect(),
        freshness: Some(service.freshness(position)),
    })
}
