//! What happened to a return.

use domain::calendar::Quarter;
use domain::calendar::london::say_date;
use domain::returns::{Content, ReturnEvent};
use domain::text::Slug;

/// What happened to the return of a group for a quarter, in a sentence.
#[must_use]
pub fn of_return(event: &ReturnEvent, group: &Slug, quarter: Quarter) -> String {
    match event {
        ReturnEvent::Drafted { .. } => format!("Draft return of {group} for {quarter} kept"),
        ReturnEvent::Submitted { content, due_on } => format!(
            "Return of {group} for {quarter} sent, due {}: {}",
            say_date(*due_on),
            summary(content)
        ),
        ReturnEvent::Corrected {
            content,
            submitted_on,
            reason,
        } => format!(
            "Return of {group} for {quarter}, sent on {}, corrected: {}; {}",
            say_date(*submitted_on),
            reason.as_str().trim_end_matches('.'),
            summary(content)
        ),
    }
}

fn summary(content: &Content) -> String {
    if content.is_nil() {
        return "nothing to report".to_owned();
    }
    let updates = content.updates.iter().filter(|u| u.said.is_some()).count();
    let s = if updates == 1 { "" } else { "s" };
    match content.overall {
        Some(rag) => format!("{rag}, {updates} update{s}"),
        None => format!("{updates} update{s}"),
    }
}
