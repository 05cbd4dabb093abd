//! Names as people give them, looked up in the register.

use super::arguments::day;
use super::session::Session;
use crate::failure::Failure;
use api::v1;
use chrono::{Datelike as _, NaiveDate};

/// Whether two names are one, as the register compares them: without regard to case, `&` against
/// `and`, and spacing.
pub(crate) fn same_name(a: &str, b: &str) -> bool {
    let plain = |text: &str| {
        let words = text.replace('&', " and ").to_lowercase();
        words.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    plain(a) == plain(b)
}

/// The identifier of a body or group given by identifier, name or alias.
pub(crate) async fn party(session: &mut Session, given: Option<&str>) -> Result<String, Failure> {
    let Some(given) = given else {
        return Ok(String::new());
    };
    let register = session.register().await?;
    let same = |text: &String| same_name(text, given);
    let group = register
        .groups
        .iter()
        .find(|group| group.id == given || same(&group.name) || group.aliases.iter().any(same));
    if let Some(group) = group {
        return Ok(group.id.clone());
    }
    register
        .bodies
        .iter()
        .find(|body| body.id == given || same(&body.name))
        .map(|body| body.id.clone())
        .ok_or_else(|| {
            Failure::usage(format!("nobody called {given:?} is in the register"))
                .and("see `matters register show`")
        })
}

/// The identifier of a meeting given by identifier or date.
pub(crate) async fn meeting(session: &mut Session, given: Option<&str>) -> Result<String, Failure> {
    match given {
        None => Ok(String::new()),
        Some(given) => meeting_entry(session, given)
            .await
            .map(|meeting| meeting.id),
    }
}

/// A meeting given by identifier or date.
pub(crate) async fn meeting_entry(
    session: &mut Session,
    given: &str,
) -> Result<v1::MeetingEntry, Failure> {
    let on = day(given).ok().map(|day| day.to_string());
    let register = session.register().await?;
    let mut there = register
        .meetings
        .into_iter()
        .filter(|meeting| meeting.id == given || Some(&meeting.held_on) == on.as_ref());
    match (there.next(), there.next()) {
        (Some(meeting), None) => Ok(meeting),
        (Some(_), Some(_)) => Err(Failure::usage(format!(
            "more than one meeting was held on {given}; give the identifier of one"
        ))),
        _ => Err(
            Failure::usage(format!("no meeting {given} is in the register"))
                .and("see `matters meeting list`"),
        ),
    }
}

/// Who was given, or the only body of a kind.
pub(crate) async fn only(
    session: &mut Session,
    given: Option<&String>,
    flag: &str,
    kind: v1::BodyKind,
) -> Result<String, Failure> {
    if let Some(given) = given {
        return Ok(given.clone());
    }
    let register = session.register().await?;
    let fits: Vec<&v1::BodyEntry> = register
        .bodies
        .iter()
        .filter(|body| body.kind() == kind && body.until.is_empty())
        .collect();
    match fits.as_slice() {
        [only] => Ok(only.id.clone()),
        _ => Err(Failure::usage(format!("{flag} is needed"))
            .and("see `matters register show` for the bodies")),
    }
}

/// The series that was given, or the only one there is for the year of a day.
pub(crate) async fn series(
    session: &mut Session,
    given: Option<&str>,
    on: Option<NaiveDate>,
) -> Result<String, Failure> {
    if let Some(series) = given {
        return Ok(series.to_owned());
    }
    let year = on.map(|on| on.year());
    let register = session.register().await?;
    let fits: Vec<&v1::SeriesEntry> = register
        .series
        .iter()
        .filter(|series| year.is_none_or(|year| series.year == year))
        .collect();
    match fits.as_slice() {
        [only] => Ok(only.id.clone()),
        _ => {
            let all: Vec<&str> = register
                .series
                .iter()
                .map(|series| series.id.as_str())
                .collect();
            Err(
                Failure::usage("which series gives the reference? give --series")
                    .and(format!("there are: {}", all.join(", "))),
            )
        }
    }
}
