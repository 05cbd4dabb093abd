//! What a write says when it is done: what changed, and what could come next.

use super::super::arguments::WriteOptions;
use super::super::session::Session;
use crate::failure::Failure;
use crate::output::{self, Format, json, message};
use crate::reach::{Part, WriteCall, Written};

/// Sends a write and tells of it: `what` changed, and what could come `next`.
pub(crate) async fn record<R: WriteCall>(
    session: &mut Session,
    part: &Part,
    write: &WriteOptions,
    request: R,
    what: &str,
    next: &str,
) -> Result<(), Failure> {
    match session.write(part, write, request).await? {
        Some(written) => tell(session, &written, what, None, next),
        None => Ok(()),
    }
}

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
