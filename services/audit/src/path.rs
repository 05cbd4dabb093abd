//! Who may audit, of which messages, and how fresh the answer is.

use api::auth::principal;
use api::failure::Failure;
use api::message::{timestamp, write_token};
use api::v1;
use domain::policy::{self, Facts, Operation, Principal, Verdict};
use domain::text::Slug;
use event_log::{Record, Sequence};
use projection::Token;
use tonic::{Request, Status};

use crate::rpc::refuse;
use crate::service::Service;

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

impl Service {
    /// The freshness of an answer that takes in everything of the log up to `position`. What came
    /// after came while the answer was made, and has not waited.
    pub(crate) async fn freshness(&self, position: Sequence) -> Result<v1::Freshness, Status> {
        let log = &self.inner.log;
        let incarnation = log.incarnation().await.map_err(refuse)?;
        let head = log.head().await.map_err(refuse)?;
        let token = write_token(&Token {
            incarnation,
            sequence: position,
        });
        Ok(v1::Freshness {
            position,
            token,
            as_at: Some(timestamp((self.inner.clock)())),
            lag_events: head.saturating_sub(position),
            lag: Some(prost_types::Duration::default()),
        })
    }
}

/// Whether a record is of an area, one that cannot be read further than its subject included.
pub(crate) fn is_of(record: &Record, area: &Slug) -> bool {
    let rest = record.subject.as_str().strip_prefix("evt.");
    rest.and_then(|rest| rest.strip_prefix(area.as_str()))
        .is_some_and(|rest| rest.starts_with('.'))
}
