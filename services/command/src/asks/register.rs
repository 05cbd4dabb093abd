//! Entries in the register of the area.

use crate::asking::Asking;
use crate::service::Inner;
use crate::step::Decided;
use api::failure::Failure;
use api::v1;
use domain::aggregate::Address;
use domain::policy::Operation;
use domain::register::{Command, Register, decide};

impl Inner {
    pub(super) async fn enter(
        &self,
        asking: &Asking,
        command: &Command,
    ) -> Result<v1::Written, Failure> {
        let rule = asking.may(Operation::KeepRegister, None)?;
        let address = Address::register(&asking.area);
        let done = self
            .step::<Register>(asking, &address, |seen| {
                let events = decide(seen.state, asking.on, command)?;
                Ok(Decided { events, rule })
            })
            .await?;
        self.told::<Register>(&address, &done).await
    }
}
