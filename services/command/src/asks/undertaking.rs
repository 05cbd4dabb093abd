//! An action of its own out of what a response promised.
//!
//! The child is raised first; the message that ties it to its parent comes last. A parent that is closed
//! meanwhile takes it all the same: what was promised stands.

use super::action::decided;
use super::restricting::Now;
use super::splitting::{Carried, by_id, restriction_of};
use super::{context, partly};
use crate::asking::Asking;
use crate::journal::{Begins, Entry};
use crate::series::{placeholder, unknown};
use crate::service::Inner;
use crate::states::Freshness;
use crate::step::unchanged_since;
use api::failure::Failure;
use api::request::Undertaking;
use api::v1;
use domain::action::{Action, Command, Kind, Origin, Raise, Rejection, decide};
use domain::aggregate::Address;
use domain::policy::Operation;
use domain::reference::Reference;
use event_log::Sequence;

impl Inner {
    pub(super) async fn undertake(
        &self,
        asking: &Asking,
        reference: &Reference,
        undertaking: &Undertaking,
        entry: &Entry,
    ) -> Result<v1::Written, Failure> {
        let rule = asking.may(Operation::RaiseUndertaking, None)?;
        let _family = self.families.write().await;
        let address = Address::action(&asking.area, reference);
        let give = |child: Reference| Command::GiveUndertaking {
            response: undertaking.response,
            child,
        };
        let (raise, carried, checked) = self
            .look::<Option<Action>, (Raise, Carried, Sequence)>(
                asking,
                &address,
                Freshness::Now,
                |seen, held| {
                    unchanged_since(asking, held, &address)?;
                    let state = seen.state.as_ref();
                    let trial = give(placeholder(0)?);
                    decided(asking, reference, state, &trial, seen.register)?;
                    let parent = state.ok_or_else(|| Rejection::Unknown {
                        reference: reference.clone(),
                    })?;
                    if !seen.register.series.contains_key(&undertaking.series) {
                        return Err(unknown(&undertaking.series));
                    }
                    let raise = child(parent, undertaking)?;
                    let command = Command::Raise(Box::new(raise.clone()));
                    decide(reference, None, &command, context(asking, seen.register))?;
                    let carried = Carried {
                        due: None,
                        restriction: restriction_of(parent)?,
                    };
                    Ok((raise, carried, held.last))
                },
            )
            .await?;
        self.journalled(asking, entry, checked, Begins::Now, async {
            let birth = asking.for_undertaking();
            let child = self
                .born(&birth, &undertaking.series, &raise, &carried, rule)
                .await?;
            let written = self
                .act(asking, reference, &give(child.clone()))
                .await
                .map_err(|failure| partly(failure, std::slice::from_ref(&child)))?;
            self.keep_in_one_view(asking, &[reference, &child], Now::Written)
                .await?;
            Ok(written)
        })
        .await
    }
}

fn child(parent: &Action, undertaking: &Undertaking) -> Result<Raise, Failure> {
    let raised = &parent.raised;
    Ok(Raise {
        reference: placeholder(0)?,
        numbered: None,
        kind: Kind::Undertaking,
        text: undertaking.text.clone(),
        topic: raised.topic.clone(),
        theme: raised.theme.clone(),
        meeting: raised.meeting.as_ref().map(|meeting| meeting.id.clone()),
        minute: raised.minute.clone(),
        asked_of: match &undertaking.asked_of {
            Some(asked_of) => asked_of.clone(),
            None => by_id(&raised.asked_of)?,
        },
        raised_by: by_id(&raised.raised_by)?,
        parts: vec![],
        due: undertaking.due.clone(),
        origin: Some(Origin::Undertaking {
            parent: parent.reference().clone(),
            response: undertaking.response,
        }),
    })
}
