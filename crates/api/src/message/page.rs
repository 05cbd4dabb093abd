//! Pages: how many rows, and where the next page begins.

use event_log::Digest;
use projection::{Cursor, Filter, Since, Sort};
use serde::Serialize;

use super::area_reading::Reading;
use super::sealed;
use crate::failure::{Failure, Violations};

/// Rows of a page when none are asked for.
pub const DEFAULT_PAGE: u32 = 50;
/// The most rows of a page.
pub const MOST_IN_A_PAGE: u32 = 1_000;

/// Version 1 of the form.
const KIND: u8 = b'P';
/// Bytes of the list's digest that a token carries.
const LIST: usize = 16;

/// The rows of a page: `default` when 0 are asked for.
pub fn page_size(asked: u32, default: u32, violations: &mut Violations) -> usize {
    if asked > MOST_IN_A_PAGE {
        violations.add(
            "page_size",
            format!("is {asked}; ask for 1 to {MOST_IN_A_PAGE}, or 0 for {default}"),
        );
    }
    let size = if asked == 0 { default } else { asked };
    usize::try_from(size).unwrap_or(1)
}

/// What makes a list the same list on its next page: who answers, area, time, filter and order.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct List<'a> {
    /// The name of the RPC.
    pub of: &'static str,
    /// Where and as of when.
    pub reading: &'a Reading,
    /// Which rows.
    pub filter: &'a Filter,
    /// In which order.
    pub sort: Sort,
    /// Of a list of changes, since when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<&'a Since>,
}

impl List<'_> {
    fn digest(&self) -> Result<[u8; LIST], Failure> {
        let json = serde_json::to_vec(self).map_err(|error| Failure::Fault {
            cause: format!("a list cannot be written down: {error}"),
        })?;
        let mut digest = [0; LIST];
        digest.copy_from_slice(&Digest::of(&json).as_bytes()[..LIST]);
        Ok(digest)
    }

    /// The token of the page after a cursor.
    ///
    /// # Errors
    /// Never in practice: what makes a list can always be written down.
    pub fn page_token(&self, cursor: &Cursor) -> Result<String, Failure> {
        let mut body = self.digest()?.to_vec();
        let cursor = serde_json::to_vec(cursor).map_err(|error| Failure::Fault {
            cause: format!("a cursor cannot be written down: {error}"),
        })?;
        body.extend_from_slice(&cursor);
        Ok(sealed::seal(KIND, &body))
    }

    /// Where the page of a token begins; `None` for the first page, which has none.
    ///
    /// # Errors
    /// [`Failure::PageToken`] for a token that this very list did not give out.
    pub fn cursor(&self, page_token: &str) -> Result<Option<Cursor>, Failure> {
        if page_token.is_empty() {
            return Ok(None);
        }
        let body = sealed::open(KIND, page_token).ok_or(Failure::PageToken)?;
        let (list, cursor) = body.split_at_checked(LIST).ok_or(Failure::PageToken)?;
        if list != self.digest()? {
            return Err(Failure::PageToken);
        }
        serde_json::from_slice(cursor)
            .map(Some)
            .map_err(|_| Failure::PageToken)
    }
}
