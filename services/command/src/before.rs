//! What an earlier call with the same request id recorded.

use crate::aggregate::Folded;
use crate::asking::Asking;
use crate::service::Inner;
use crate::states::decision;
use crate::step::Done;
use crate::told::Tells;
use api::failure::Failure;
use api::v1;
use domain::action::Action;
use domain::aggregate::{Address, Aggregate};
use domain::register::Register;
use domain::returns::Return;
use event_log::Record;

impl Inner {
    /// The answer that the first call got, from what it recorded.
    ///
    /// # Errors
    /// [`Failure::RequestIdReused`] when the id stands for another request, or for somebody else's.
    pub(crate) async fn first_answer(
        &self,
        asking: &Asking,
        record: &Record,
    ) -> Result<v1::Written, Failure> {
        if record.digest != asking.digest {
            return Err(Failure::RequestIdReused { id: asking.id });
        }
        let address =
            Address::parse(record.subject.as_str()).map_err(|error| Failure::Unreadable {
                what: record.subject.to_string(),
                cause: error.to_string(),
            })?;
        let written = match &address.aggregate {
            Aggregate::Register => self.again::<Register>(asking, &address, record).await,
            Aggregate::Action(_) => self.again::<Option<Action>>(asking, &address, record).await,
            Aggregate::Return(..) => self.again::<Option<Return>>(asking, &address, record).await,
        }?;
        self.metrics.duplicate(asking.method);
        Ok(written)
    }

    async fn again<S: Folded>(
        &self,
        asking: &Asking,
        address: &Address,
        record: &Record,
    ) -> Result<v1::Written, Failure>
    where
        S::Event: Tells,
    {
        let decision = decision::<S>(record)?;
        if decision.by.subject != asking.principal.subject {
            return Err(Failure::RequestIdReused { id: asking.id });
        }
        let done = Done::before(record.sequence, decision);
        self.told::<S>(address, &done).await
    }
}
