//! Doors for the crate `fuzz` to what is stored and read by nobody else.

use crate::journal::Entry;
use crate::recovery::request_of;
use api::request::Call;
use chrono::NaiveDate;
use domain::policy::Principal;
use event_log::Digest;
use std::io;
use uuid::Uuid;

/// The file of the journal in which a request is written down.
///
/// # Errors
/// Never in practice: every entry can be written.
pub fn entry_of<C: Call>(
    id: Uuid,
    request: &C,
    principal: Principal,
    today: NaiveDate,
) -> io::Result<Vec<u8>> {
    let entry = Entry::new(id, C::METHOD, &request.encode_to_vec(), principal, today);
    Ok(serde_json::to_vec(&entry)?)
}

/// Reads a file of the journal that is named by an id: as it is written again, and the digest under which
/// its request would be finished, when that can be read.
///
/// # Errors
/// When it is none, or of another request.
pub fn entry(bytes: &[u8], id: Uuid) -> io::Result<(Vec<u8>, Option<Digest>)> {
    let entry = Entry::read(bytes, id)?;
    let request = request_of(&entry);
    // What is finished is the request that was written down, with the id that it is filed under.
    let digest = request
        .filter(|(.., asked)| asked.id == id)
        .map(|(_, digest, _)| digest);
    Ok((serde_json::to_vec(&entry)?, digest))
}
