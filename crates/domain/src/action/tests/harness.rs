//! Given what happened, when something is asked, then this follows.

use crate::action::{Action, ActionEvent, Command, Context, Rejection, decide, fold};
use crate::register::Register;
use crate::register::tests::fixture::{day, reference, standard};
use chrono::NaiveDate;

/// The reference of the action that most tests are about.
pub(crate) const SUBJECT: &str = "PCP/2018/014";

/// What has happened so far.
#[derive(Clone)]
pub(crate) struct Given {
    pub(crate) register: Register,
    pub(crate) today: NaiveDate,
    history: Vec<(NaiveDate, ActionEvent)>,
}

/// A history on the standard register; today is 30 June 2019.
pub(crate) fn given<const N: usize>(events: [(&str, ActionEvent); N]) -> Given {
    Given {
        register: standard(),
        today: day("2019-06-30"),
        history: events.map(|(on, event)| (day(on), event)).into(),
    }
}

/// What was asked, and what it led to.
pub(crate) struct When {
    given: Given,
    on: NaiveDate,
    outcome: Result<Vec<ActionEvent>, Rejection>,
}

impl Given {
    /// More that happened.
    pub(crate) fn and<const N: usize>(mut self, events: [(&str, ActionEvent); N]) -> Self {
        self.history
            .extend(events.map(|(on, event)| (day(on), event)));
        self
    }

    /// The action as it stands.
    pub(crate) fn state(&self) -> Option<Action> {
        fold(self.history.iter().map(|(on, event)| (*on, event)))
    }

    /// The action as it stands, which must be there.
    pub(crate) fn action(&self) -> Action {
        self.state().expect("an action was raised")
    }

    /// Asks for something.
    pub(crate) fn when(self, on: &str, command: &Command) -> When {
        let on = day(on);
        let context = Context {
            on,
            today: self.today,
            register: &self.register,
        };
        let outcome = decide(&reference(SUBJECT), self.state().as_ref(), command, context);
        When {
            given: self,
            on,
            outcome,
        }
    }
}

impl When {
    /// These events follow, which from then on have happened.
    #[track_caller]
    pub(crate) fn then<const N: usize>(self, expected: [ActionEvent; N]) -> Given {
        assert_eq!(self.outcome.as_deref(), Ok(&expected[..]));
        self.happened()
    }

    /// It stands already: a success that records nothing.
    #[track_caller]
    pub(crate) fn then_nothing(self) -> Given {
        assert_eq!(self.outcome, Ok(vec![]));
        self.given
    }

    /// It is refused with this sentence.
    #[track_caller]
    pub(crate) fn then_rejected(self, sentence: &str) -> Given {
        assert_eq!(self.rejection().to_string(), sentence);
        self.given
    }

    /// Something follows, whatever it is.
    #[track_caller]
    pub(crate) fn happened(mut self) -> Given {
        let events = self.outcome.expect("the command is accepted");
        let on = self.on;
        self.given
            .history
            .extend(events.into_iter().map(|event| (on, event)));
        self.given
    }

    /// The refusal, which must be one.
    #[track_caller]
    pub(crate) fn rejection(&self) -> &Rejection {
        self.outcome.as_ref().expect_err("the command is refused")
    }
}
