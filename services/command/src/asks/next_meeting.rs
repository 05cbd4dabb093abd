//! A due date before the agenda of the next meeting: which meeting that is, the register says.

use super::action::operation;
use crate::asking::Asking;
use crate::service::Inner;
use crate::states::Freshness;
use api::failure::Failure;
use api::request::Ask;
use domain::action::{Action, Rejection};
use domain::aggregate::Address;
use domain::calendar::deadline::DueRule;
use domain::policy::Operation;
use domain::reference::Reference;
use domain::register::{Party, Register};

impl Inner {
    /// The same request, with the day of the meeting in its due date: the first after the day of the
    /// request of the body that raised the action. Both are read now, since the day goes on record.
    ///
    /// # Errors
    /// [`Failure::NoNextMeeting`] when the register has none.
    pub(super) async fn before_next_agenda(
        &self,
        asking: &Asking,
        mut ask: Ask,
    ) -> Result<Ask, Failure> {
        let register = self.register(asking, Freshness::Now).await?;
        let body = self.raised_by(asking, &ask, &register.state).await?;
        let meeting = register.state.next_meeting(&body.id, asking.on);
        let meeting = meeting.ok_or_else(|| Failure::NoNextMeeting {
            body: body.name.to_string(),
            after: asking.on,
        })?;
        if let Some(due) = ask.due_mut() {
            *due = DueRule::BeforeAgendaOf {
                meeting_on: meeting.held_on,
            };
        }
        Ok(ask)
    }

    /// The body that raised the action, or is raising it, for those who may set its due date.
    async fn raised_by(
        &self,
        asking: &Asking,
        ask: &Ask,
        register: &Register,
    ) -> Result<Party, Failure> {
        match ask {
            Ask::Raise(raising) => {
                asking.may(Operation::Raise, None)?;
                let name = raising.raise.raised_by.as_str();
                let party = register.party(name, asking.on);
                party.ok_or_else(|| {
                    let name = name.to_owned();
                    Rejection::UnknownParty { name }.into()
                })
            }
            Ask::Undertake(reference, _) => {
                asking.may(Operation::RaiseUndertaking, None)?;
                self.raiser_of(asking, reference).await
            }
            Ask::Action(reference, command) => {
                asking.may(operation(command), None)?;
                self.raiser_of(asking, reference).await
            }
            Ask::Respond(..) | Ask::Split(..) | Ask::Register(_) | Ask::Return(_) => {
                Err(Failure::Fault {
                    cause: "a request without a due date names the next meeting".to_owned(),
                })
            }
        }
    }

    async fn raiser_of(&self, asking: &Asking, reference: &Reference) -> Result<Party, Failure> {
        let address = Address::action(&asking.area, reference);
        let held = self
            .load::<Option<Action>>(&address, Freshness::Now)
            .await?;
        let action = held.state.as_ref().ok_or_else(|| Rejection::Unknown {
            reference: reference.clone(),
        })?;
        Ok(action.raised.raised_by.clone())
    }
}
