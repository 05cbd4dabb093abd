//! What happened to the register.

use domain::calendar::london::say_date;
use domain::register::RegisterEvent;
use domain::text::Slug;

/// What happened to the register, in a sentence.
#[must_use]
pub fn of_register(event: &RegisterEvent) -> String {
    match event {
        RegisterEvent::BodyRegistered { id, name, .. } => format!("{name} registered as {id}"),
        RegisterEvent::BodyRenamed { id, name } | RegisterEvent::GroupRenamed { id, name } => {
            format!("{id} renamed {name}")
        }
        RegisterEvent::BodyEnded { id, succeeded_by }
        | RegisterEvent::GroupEnded { id, succeeded_by } => {
            format!("{id} ended{}", succeeded(succeeded_by.as_ref()))
        }
        RegisterEvent::GroupRegistered {
            id, name, board, ..
        } => format!("{name} registered as {id}, a delivery group of {board}"),
        RegisterEvent::GroupDetailed { id, .. } => {
            format!("Aliases, leads or objectives of {id} changed")
        }
        RegisterEvent::SeriesOpened { series } => {
            format!("Series {} opened for {}", series.id, series.body)
        }
        RegisterEvent::MeetingArranged {
            id, body, held_on, ..
        } => format!("Meeting {id} of {body} arranged for {}", say_date(*held_on)),
        RegisterEvent::ReturnsScheduled { board, rule } => {
            format!("Returns to {board} are due {rule}")
        }
    }
}

fn succeeded(by: Option<&Slug>) -> String {
    by.map(|by| format!(", succeeded by {by}"))
        .unwrap_or_default()
}
