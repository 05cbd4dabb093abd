//! What the three aggregates have in common: they fold from their events.

use crate::service::Inner;
use crate::states::States;
use chrono::NaiveDate;
use domain::action::{self, Action, ActionEvent};
use domain::register::{self, Register, RegisterEvent};
use domain::returns::{self, Return, ReturnEvent};
use domain::stored::Stored;

/// A state that folds from the events of a subject.
pub(crate) trait Folded: Clone + Default + Send + Sync + 'static {
    /// What happens to it.
    type Event: Stored + Clone + Send + Sync + 'static;

    /// What it is called in figures.
    const NAME: &'static str;

    /// Applies one event.
    fn apply(&mut self, on: NaiveDate, event: &Self::Event);

    /// Where its states are kept.
    fn kept(inner: &Inner) -> &States<Self>;
}

impl Folded for Option<Action> {
    type Event = ActionEvent;

    const NAME: &'static str = "action";

    fn apply(&mut self, on: NaiveDate, event: &ActionEvent) {
        *self = action::evolve(self.take(), on, event);
    }

    fn kept(inner: &Inner) -> &States<Self> {
        &inner.actions
    }
}

impl Folded for Option<Return> {
    type Event = ReturnEvent;

    const NAME: &'static str = "return";

    fn apply(&mut self, on: NaiveDate, event: &ReturnEvent) {
        *self = returns::evolve(self.take(), on, event);
    }

    fn kept(inner: &Inner) -> &States<Self> {
        &inner.returns
    }
}

impl Folded for Register {
    type Event = RegisterEvent;

    const NAME: &'static str = "register";

    fn apply(&mut self, on: NaiveDate, event: &RegisterEvent) {
        register::evolve(self, on, event);
    }

    fn kept(inner: &Inner) -> &States<Self> {
        &inner.registers
    }
}
