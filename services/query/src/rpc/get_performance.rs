//! Answered on time against the first and the current date, and how long it took.

use api::failure::{Failure, Violations};
use api::message;
use api::v1;
use chrono::NaiveDate;
use tonic::Request;

use crate::failure::of_read;
use crate::service::Service;

pub(super) async fn answer(
    service: &Service,
    request: Request<v1::GetPerformanceRequest>,
) -> Result<v1::GetPerformanceResponse, Failure> {
    let given = request.get_ref();
    let mut wrong = Violations::new();
    let reading = message::reading(given.reading.as_ref(), &mut wrong);
    let party = message::optional_slug("party", &given.party, &mut wrong);
    let from = message::optional_day("from", &given.from, &mut wrong);
    let to = message::optional_day("to", &given.to, &mut wrong);
    if let (Some(from), Some(to)) = (from, to)
        && to < from
    {
        wrong.add("to", format!("is {to}, before from, {from}; swap them"));
    }
    let asked = service.asked(&request, wrong.or(reading)?)?;
    let from = from.unwrap_or(NaiveDate::MIN);
    let to = to.unwrap_or_else(|| asked.as_at());
    let read = move |model: &projection::ReadModel, asked: &crate::path::Asked| {
        model
            .performance(&asked.question(), party.as_ref(), from, to)
            .map_err(of_read)
    };
    let (_, figures, position) = service.ask(asked, read).await?;
    let answered = figures.on_time_current + figures.late_current + figures.answered_undated;
    Ok(v1::GetPerformanceResponse {
        raised: small(figures.raised),
        answered: small(answered),
        on_time_first_date: small(figures.on_time_first),
        on_time_current_date: small(figures.on_time_current),
        late: small(figures.late_current),
        unanswered: small(figures.unanswered + figures.unanswered_overdue),
        median_days: figures.median_days.map(f64::from),
        median_working_days: figures.median_working_days.map(f64::from),
        freshness: Some(service.freshness(position)),
    })
}

fn small(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
