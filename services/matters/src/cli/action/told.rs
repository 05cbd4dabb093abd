//! What a write says when it is done: what changed, and what could come next.

use super::super::session::Session;
use crate::failure::Failure;
use crate::output::{self, Format, json, message};
use crate::reach::Written;

/// Tells of a write. `made` is what a script needs of it: the reference of a new action.
pub(crate) fn tell(
    session: &Session,
    written: &Written,
    what: &str,
    made: Option<&str>,
    next: &str,
) -> Result<(), Failure> {
    if session.out.is_json() {
        return session.out.json(&json::of("Written", written)?);
    }
    if written.unchanged {
        message(&format!("{what}: on record already, nothing was added"));
    } else {
        message(what);
    }
    for sentence in &written.due_explained {
        message(&format!("  {sentence}"));
    }
    if !next.is_empty() {
        message(&format!("next: {next}"));
    }
    match made {
        // On a screen the sentence above has said it.
        Some(made) if session.out.format == Format::Tsv => output::data(made),
        _ => Ok(()),
    }
}
