//! Who asks for what, when, under which request id: what every step of a write needs.

use crate::caller::Caller;
use api::failure::Failure;
use chrono::NaiveDate;
use domain::action::Kin;
use domain::policy::{self, Facts, Operation, Principal, Rule, Verdict};
use domain::reference::Reference;
use domain::stored::Actor;
use domain::text::Slug;
use event_log::Digest;
use uuid::Uuid;

/// One request, as far as it is the same for every kind.
#[derive(Debug, Clone)]
pub(crate) struct Asking {
    /// The request id, and the id of its own message.
    pub(crate) id: Uuid,
    /// Of the method and the request.
    pub(crate) digest: Digest,
    /// The name of the call.
    pub(crate) method: &'static str,
    /// The force area.
    pub(crate) area: Slug,
    /// The day it happened.
    pub(crate) on: NaiveDate,
    /// Today in London.
    pub(crate) today: NaiveDate,
    /// The position up to which the caller had read.
    pub(crate) etag: Option<u64>,
    /// Whether the due date is counted to the next meeting in the register.
    pub(crate) next_agenda: bool,
    /// Who asks.
    pub(crate) principal: Principal,
    /// Whether somebody waits for the answer.
    pub(crate) caller: Caller,
    /// The other actions that get the same response: all of them are public, or none.
    pub(crate) together: Vec<Reference>,
}

impl Asking {
    /// Whether the policy allows it, and under which rule.
    pub(crate) fn may(&self, operation: Operation, group: Option<&str>) -> Result<Rule, Failure> {
        let facts = Facts {
            area: self.area.as_str(),
            group,
        };
        match policy::decide(&self.principal, operation, facts) {
            Verdict::Allow(rule) => Ok(rule),
            Verdict::Deny(rule) => Err(Failure::Denied {
                name: self.principal.name.clone(),
                operation,
                rule,
            }),
        }
    }

    /// The principal as it is stored.
    pub(crate) fn actor(&self) -> Actor {
        let Principal {
            subject,
            name,
            role,
            group,
            ..
        } = self.principal.clone();
        Actor {
            subject,
            name,
            role,
            group,
        }
    }

    /// The same request speaking to another aggregate: a message of its own, whose id follows from
    /// the request's and from `what`, so that a retry finds it again.
    pub(crate) fn secondary(&self, what: &str) -> Self {
        Self {
            id: Uuid::new_v5(&self.id, what.as_bytes()),
            etag: None,
            together: vec![],
            ..self.clone()
        }
    }

    /// Speaking to another action that has the same response.
    pub(crate) fn for_other(&self, other: &Reference) -> Self {
        self.secondary(other.as_str())
    }

    /// Restricting another action that holds words of one.
    pub(crate) fn for_kin(&self, kin: &Kin) -> Self {
        self.secondary(&format!("restrict/{}", kin.reference()))
    }

    /// Raising one of the pieces of a split.
    pub(crate) fn for_piece(&self, at: usize) -> Self {
        self.secondary(&format!("piece/{at}"))
    }

    /// Raising the action that an undertaking is.
    pub(crate) fn for_undertaking(&self) -> Self {
        self.secondary("undertaking")
    }
}
