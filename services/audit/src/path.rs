//! Who may audit, and of which messages.

use api::auth::principal;
use api::failure::Failure;
use domain::policy::{self, Facts, Operation, Principal, Verdict};
use domain::text::Slug;
use event_log::Record;
use tonic::{Request, Status};

/// An auditor of the area.
pub(crate) fn auditor<T>(request: &Request<T>, area: &Slug) -> Result<Principal, Status> {
    let reader = principal(request, area.as_str())?;
    let facts = Facts {
        area: area.as_str(),
        group: None,
    };
    match policy::decide(&reader, Operation::Replay, facts) {
        Verdict::Allow(_) => Ok(reader),
        Verdict::Deny(rule) => Err(Failure::Denied {
            name: reader.name,
            operation: Operation::Replay,
            rule,
        }
        .into_status(None)),
    }
}

/// Whether a record is of an area, one that cannot be read further than its subject included.
pub(crate) fn is_of(record: &Record, area: &Slug) -> bool {
    let rest = record.subject.as_str().strip_prefix("evt.");
    rest.and_then(|rest| rest.strip_prefix(area.as_str()))
        .is_some_and(|rest| rest.starts_with('.'))
}
