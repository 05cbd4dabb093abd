//! What a write led to, as the caller is told.

use crate::aggregate::Folded;
use crate::service::Inner;
use crate::step::Done;
use api::failure::Failure;
use api::v1;
use chrono::{DateTime, Utc};
use domain::action::{ActionEvent, DueSet};
use domain::aggregate::{Address, Aggregate};
use domain::calendar::deadline::Deadline;
use domain::register::RegisterEvent;
use domain::returns::ReturnEvent;
use domain::stored::Stored;

/// An event that tells the caller more than its name.
pub(crate) trait Tells: Stored {
    /// Adds what it has to say.
    fn tell(&self, _written: &mut v1::Written) {}
}

impl Tells for RegisterEvent {}

impl Tells for ReturnEvent {
    fn tell(&self, written: &mut v1::Written) {
        if let ReturnEvent::Submitted { due_on, .. } = self {
            written.due_on = due_on.to_string();
        }
    }
}

impl Tells for ActionEvent {
    fn tell(&self, written: &mut v1::Written) {
        match self {
            ActionEvent::Raised(raised) => {
                if let DueSet::By(deadline) = &raised.due {
                    tell_due(written, deadline);
                }
            }
            ActionEvent::DueDateMoved { to, .. } => tell_due(written, to),
            ActionEvent::Reopened { due: Some(due), .. } => tell_due(written, due),
            ActionEvent::ClockResumed { due: Some(due), .. } => {
                written.due_on = due.to_string();
            }
            ActionEvent::Responded { response, .. }
            | ActionEvent::ResponseCorrected { response, .. } => {
                written.response_id = response.to_string();
            }
            ActionEvent::Split { into, .. } => {
                let children = into.iter().map(|child| child.reference.to_string());
                written.children.extend(children);
            }
            ActionEvent::UndertakingGiven { child, .. } => {
                written.children.push(child.to_string());
            }
            ActionEvent::Restricted { also, .. } => {
                let also = also.iter().map(ToString::to_string);
                written.also_restricted.extend(also);
            }
            _ => {}
        }
    }
}

fn tell_due(written: &mut v1::Written, deadline: &Deadline) {
    written.due_on = deadline.due_on.to_string();
    written.due_explained = deadline.sentences();
}

impl Inner {
    /// The answer to a write.
    pub(crate) async fn told<S: Folded>(
        &self,
        address: &Address,
        done: &Done<S::Event>,
    ) -> Result<v1::Written, Failure>
    where
        S::Event: Tells,
    {
        let mut written = v1::Written {
            reference: match &address.aggregate {
                Aggregate::Action(reference) => reference.to_string(),
                Aggregate::Register | Aggregate::Return(..) => String::new(),
            },
            position: done.position,
            token: self.token(done.position).await?,
            unchanged: done.unchanged,
            events: done
                .events
                .iter()
                .map(|event| event.type_name().to_owned())
                .collect(),
            recorded_at: done.recorded_at.map(timestamp),
            ..v1::Written::default()
        };
        for event in &done.events {
            event.tell(&mut written);
        }
        Ok(written)
    }

    async fn token(&self, position: u64) -> Result<String, Failure> {
        let incarnation = self
            .incarnation
            .get_or_try_init(|| self.log.incarnation())
            .await?;
        Ok(api::request::written_token(incarnation, position))
    }
}

fn timestamp(at: DateTime<Utc>) -> prost_types::Timestamp {
    prost_types::Timestamp {
        seconds: at.timestamp(),
        nanos: i32::try_from(at.timestamp_subsec_nanos()).unwrap_or(0),
    }
}
