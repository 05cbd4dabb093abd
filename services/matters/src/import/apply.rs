//! Applies a plan: twice changes nothing, an interrupted one goes on where it was, and what was edited
//! after it was recorded is reported.

use super::applier::{Applier, Differs};
use super::progress::Progress;
use crate::cli::session::Session;
use crate::failure::{Exit, Failure};
use crate::output::message;
use crate::serve::Signals;
use intake::plan::{LetterPlan, PlanItem};
use serde_json::json as object;

/// Stands in a plan for the one body that is a Commissioner's office.
pub(super) const THE_OFFICE: &str = "the Commissioner's office";

/// Applies a plan; Ctrl-C stops it between two items.
pub(super) async fn apply(
    session: &mut Session,
    plan: &LetterPlan,
    given_series: Option<&str>,
) -> Result<Exit, Failure> {
    let out = session.out;
    let mut applier = Applier::new(session, plan, given_series).await?;
    let raised: Vec<&PlanItem> = plan.items.iter().filter(|item| item.raise).collect();
    let mut progress = Progress::of(raised.len());
    let mut signals = Signals::listen()?;
    for (done, item) in raised.iter().enumerate() {
        progress.at(done);
        tokio::select! {
            recorded = applier.item(item) => recorded?,
            () = signals.next() => {
                drop(progress);
                message(&format!("stopped after {done} of {} items; the same command goes on from here", raised.len()));
                return Ok(Exit::Failed);
            }
        }
        event_log::failpoint::hit("mid-import");
    }
    drop(progress);
    let references = &applier.references;
    if out.is_json() {
        out.json(&object!({
            "references": references,
            "unchanged": applier.unchanged,
            "recorded": applier.recorded,
            "problems": serde_json::to_value(&applier.differs)?,
        }))?;
    } else if !applier.differs.is_empty() {
        let headings = ["item", "reference", "what is wrong", "what would be right"];
        let rows: Vec<Vec<String>> = applier.differs.iter().map(cells).collect();
        out.rows(&headings, &rows)?;
    }
    told(&applier);
    message(&format!(
        "next: matters meeting coverage {}",
        plan.meeting_on
    ));
    Ok(match applier.differs.is_empty() {
        true => Exit::Done,
        false => Exit::Failed,
    })
}

fn cells(differs: &Differs) -> Vec<String> {
    vec![
        differs.item.clone(),
        differs.reference.clone(),
        differs.reason.clone(),
        differs.right.clone(),
    ]
}

fn told(applier: &Applier<'_>) {
    let references = &applier.references;
    let between = match (references.first(), references.last()) {
        (Some(first), Some(last)) => format!("{first} to {last}"),
        _ => "none".to_owned(),
    };
    let already = match applier.unchanged {
        all if all == references.len() && all > 0 => "all of them on record already".to_owned(),
        some => format!("{some} of them on record already"),
    };
    let steps = match applier.recorded {
        0 => "nothing was added".to_owned(),
        1 => "1 step was recorded".to_owned(),
        steps => format!("{steps} steps were recorded"),
    };
    let count = references.len();
    message(&format!("{count} actions: {between}; {already}; {steps}"));
    let differing = applier.differs.len();
    if differing > 0 {
        message(&format!(
            "{differing} edits came after what they change was recorded, and were not recorded"
        ));
    }
}
