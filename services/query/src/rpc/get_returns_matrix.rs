//! Group by quarter: which returns came, came late, or are missing. Drafts are not in it.

use api::failure::{Failure, Violations};
use api::message::{self, return_cell};
use api::v1;
use chrono::NaiveDate;
use domain::calendar::Quarter;
use tonic::Request;

use crate::failure::of_read;
use crate::service::Service;

/// The most quarters of one answer: ten years.
const MOST: usize = 40;
/// The quarters that are shown when none are named, the current one included.
const SHOWN: usize = 8;

pub(super) async fn answer(
    service: &Service,
    request: Request<v1::GetReturnsMatrixRequest>,
) -> Result<v1::GetReturnsMatrixResponse, Failure> {
    let given = request.get_ref();
    let mut wrong = Violations::new();
    let reading = message::reading(given.reading.as_ref(), &mut wrong);
    let board = message::optional_slug("board", &given.board, &mut wrong);
    let from = optional_quarter("from_quarter", &given.from_quarter, &mut wrong);
    let to = optional_quarter("to_quarter", &given.to_quarter, &mut wrong);
    let asked = service.asked(&request, wrong.or(reading)?)?;
    let (from, to) = range(from, to, asked.as_at())?;
    let read = move |model: &projection::ReadModel, asked: &crate::path::Asked| {
        if let Some(board) = &board {
            let reading = &asked.reading;
            let known = model.with_register(&reading.area, &reading.as_of, |register| {
                register.bodies.contains_key(board)
            });
            if !known.map_err(of_read)? {
                return Err(Failure::NotFound {
                    what: "body",
                    name: board.to_string(),
                    field: "board",
                });
            }
        }
        model
            .returns_matrix(&asked.question(), board.as_ref(), from, to)
            .map_err(of_read)
    };
    let at_once = service.inner.model.has_matrix_at_once(&asked.question());
    let (_, cells, position) = service.ask_where(asked, at_once, read).await?;
    Ok(v1::GetReturnsMatrixResponse {
        cells: cells.iter().map(return_cell).collect(),
        freshness: Some(service.freshness(position)),
    })
}

/// A quarter, when one is given.
fn optional_quarter(field: &str, text: &str, wrong: &mut Violations) -> Option<Quarter> {
    (!text.is_empty())
        .then(|| quarter(field, text, wrong))
        .flatten()
}

/// A quarter.
pub(super) fn quarter(field: &str, text: &str, wrong: &mut Violations) -> Option<Quarter> {
    text.parse()
        .map_err(|problem| wrong.add(field, format!("is wrong: {problem}")))
        .ok()
}

/// The quarters that are asked for: up to the current one, [`SHOWN`] of them, unless named.
fn range(
    from: Option<Quarter>,
    to: Option<Quarter>,
    as_at: NaiveDate,
) -> Result<(Quarter, Quarter), Failure> {
    let out = |error: domain::calendar::QuarterError| {
        Failure::Fields(Violations::one(
            "reading.as_of",
            format!("is wrong: {error}"),
        ))
    };
    let to = match (to, from) {
        (Some(to), _) => to,
        (None, from) => {
            let current = Quarter::containing(as_at).map_err(out)?;
            from.map_or(current, |from| from.max(current))
        }
    };
    let from = from.unwrap_or_else(|| (1..SHOWN).fold(to, |q, _| q.previous().unwrap_or(q)));
    let count = std::iter::successors(Some(from), |quarter| quarter.next())
        .take(MOST + 1)
        .take_while(|quarter| *quarter <= to)
        .count();
    if count == 0 || count > MOST {
        let wrong = if count == 0 {
            format!("is {to}, before from_quarter, {from}; swap them")
        } else {
            format!("is more than {MOST} quarters after from_quarter; ask for fewer")
        };
        return Err(Violations::one("to_quarter", wrong).into());
    }
    Ok((from, to))
}
