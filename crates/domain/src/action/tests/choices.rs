//! Events and commands of every kind out of a run of bytes, which proptest can make smaller.

use super::examples::{covers, deadline, lookup, on_date, part, party, response, twenty_days};
use crate::action::{
    ActionEvent, Citation, Command, Coverage, DueSet, Ground, Kind, LinkKind, Origin, Outcome,
    PartId, PartText, Protocol, Rag, Raise, Raised, Remit, ResponseKind, Sensitivity, SplitChild,
};
use crate::calendar::Quarter;
use crate::calendar::deadline::DueRule;
use crate::reference::Reference;
use crate::register::Party;
use crate::register::tests::fixture::{day, line, reference, text};
use crate::text::Text;
use chrono::{Days, NaiveDate};
use std::collections::BTreeMap;

/// Choices read off a run of bytes; the first choice for ever once the bytes are used up.
pub(crate) struct Choices<'a>(pub(crate) &'a [u8]);

impl Choices<'_> {
    pub(crate) fn done(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn below(&mut self, n: usize) -> usize {
        match self.0.split_first() {
            Some((first, rest)) => {
                self.0 = rest;
                usize::from(*first) % n
            }
            None => 0,
        }
    }

    pub(crate) fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }

    pub(crate) fn maybe<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        (self.below(2) == 1).then(|| make(self))
    }

    pub(crate) fn some<T>(&mut self, most: usize, mut make: impl FnMut(&mut Self) -> T) -> Vec<T> {
        (0..self.below(most + 1)).map(|_| make(self)).collect()
    }

    pub(crate) fn day(&mut self) -> NaiveDate {
        day("2018-09-12") + Days::new(3 * self.below(100) as u64)
    }

    pub(crate) fn words(&mut self) -> Text {
        text(self.one(&["Forty", "Fifty\nin all", "£9 – “oil”", "\"{x}\"\t\\ 🏮"]))
    }

    pub(crate) fn quarter(&mut self) -> Quarter {
        self.one(&["2018-19-q2", "2018-19-q3"])
            .parse()
            .expect("a quarter")
    }

    pub(crate) fn reference(&mut self) -> Reference {
        reference(self.one(&["PCP/2018/014", "PCP/2018/015", "PCP/2018/016", "Min. 41"]))
    }

    fn name(&mut self) -> &'static str {
        self.one(&["prevent", "mental-health", "constabulary"])
    }

    fn party(&mut self) -> Party {
        party(self.name())
    }

    fn part(&mut self) -> PartId {
        part(self.one(&["a", "b", "c"]))
    }

    fn coverage(&mut self) -> BTreeMap<PartId, Coverage> {
        self.some(2, |c| (c.part(), c.one(Coverage::ALL)))
            .into_iter()
            .collect()
    }

    pub(crate) fn citation(&mut self) -> Citation {
        Citation {
            paragraph: self.maybe(|_| line("7.2")),
            link: self.maybe(|_| line("https://example.org/oil")),
            dated: self.maybe(Self::day),
            ..Citation::of(line("The price of oil"))
        }
    }

    fn ground(&mut self) -> Ground {
        self.one(&[
            Ground::Schedule12a { paragraph: 7 },
            Ground::OperationallySensitive,
            Ground::PersonalInformation,
            Ground::LegalAdvice,
        ])
    }

    fn child(&mut self) -> SplitChild {
        SplitChild {
            reference: self.reference(),
            parts: self.some(2, Self::part),
        }
    }

    fn due_rule(&mut self) -> DueRule {
        match self.below(4) {
            0 => on_date("2019-03-01"),
            1 => twenty_days(),
            2 => DueRule::BeforeAgendaOf {
                meeting_on: day("2018-12-05"),
            },
            _ => DueRule::NoneAgreed {
                reason: "Noted".into(),
            },
        }
    }

    fn due_set(&mut self) -> DueSet {
        match self.below(3) {
            0 => DueSet::NoneAgreed {
                reason: line("Noted"),
            },
            1 => DueSet::By(deadline(&twenty_days(), "2018-12-12")),
            _ => DueSet::By(deadline(&on_date("2018-11-01"), "2018-09-12")),
        }
    }

    fn raised(&mut self) -> Raised {
        let (parent, id) = (self.reference(), response(1));
        let origins = [
            Origin::Undertaking {
                parent: parent.clone(),
                response: id,
            },
            Origin::Split { parent },
        ];
        Raised {
            reference: self.reference(),
            numbered: None,
            kind: self.one(Kind::ALL),
            text: self.words(),
            topic: self.maybe(|_| line("Lanterns")),
            theme: self.maybe(|_| line("Light")),
            meeting: None,
            minute: None,
            asked_of: self.party(),
            raised_by: self.party(),
            parts: self.parts(),
            due: self.due_set(),
            origin: self.maybe(|c| c.one(&origins)),
        }
    }

    fn parts(&mut self) -> Vec<PartText> {
        let count = self.below(4);
        ["a", "b", "c"][..count]
            .iter()
            .map(|id| PartText {
                id: part(id),
                text: self.words(),
            })
            .collect()
    }
}

/// Any event at all, whether it fits what went before or not.
pub(crate) fn event(c: &mut Choices<'_>) -> ActionEvent {
    use ActionEvent as E;
    match c.below(21) {
        0 => E::Raised(Box::new(c.raised())),
        1 => E::Triaged {
            remit: c.one(Remit::ALL),
            protocol: c.one(Protocol::ALL),
            sensitivity: c.one(Sensitivity::ALL),
            note: c.maybe(Choices::words),
        },
        2 => E::Delegated {
            to: c.party(),
            due: c.maybe(Choices::day),
            note: c.maybe(Choices::words),
        },
        3 => E::DelegationAccepted { by: c.party() },
        4 => E::DelegationDeclined {
            by: c.party(),
            reason: c.words(),
        },
        5 => E::Transferred {
            from: c.party(),
            to: c.party(),
            due: c.maybe(Choices::day),
            reason: c.words(),
        },
        6 => E::DueDateMoved {
            from: c.maybe(Choices::day),
            to: deadline(&twenty_days(), "2018-12-12"),
            reason: c.words(),
        },
        7 => E::ClockPaused { reason: c.words() },
        8 => E::ClockResumed {
            paused_on: c.day(),
            days: c.one(&[0, 7, u32::MAX]),
            due: c.maybe(Choices::day),
        },
        9 => E::RestrictionLifted { reason: c.words() },
        10 => E::ClosureProposed {
            outcome: c.one(Outcome::ALL),
            reason: c.words(),
        },
        11 => E::Closed {
            outcome: c.one(Outcome::ALL),
            reason: c.maybe(Choices::words),
            superseded_by: c.maybe(Choices::reference),
        },
        12 => E::Reopened {
            reason: c.words(),
            due: c.maybe(|_| deadline(&on_date("2019-03-01"), "2018-12-12")),
        },
        13 => E::Withdrawn { reason: c.words() },
        14 => E::Linked {
            kind: c.one(LinkKind::ALL),
            other: c.reference(),
        },
        15 => E::Split {
            into: c.some(3, Choices::child),
            reason: c.words(),
        },
        16 => E::UndertakingGiven {
            response: response(c.below(3) as u128),
            child: c.reference(),
        },
        _ => event_with_text(c),
    }
}

fn event_with_text(c: &mut Choices<'_>) -> ActionEvent {
    use ActionEvent as E;
    let id = response(c.below(3) as u128);
    match c.below(4) {
        0 => E::Updated {
            period: c.maybe(Choices::quarter),
            rag: c.maybe(|c| c.one(Rag::ALL)),
            narrative: c.words(),
            recovery: c.maybe(Choices::words),
            milestone: c.maybe(|_| line("Oil bought")),
            expected_on: c.maybe(Choices::day),
            evidence: c.some(2, Choices::citation),
        },
        1 => E::Responded {
            response: id,
            kind: c.one(ResponseKind::ALL),
            text: c.words(),
            coverage: c.coverage(),
            citations: c.some(2, Choices::citation),
            also_answers: c.some(2, Choices::reference),
            expected_on: c.maybe(Choices::day),
        },
        2 => E::ResponseCorrected {
            response: id,
            responded_on: c.day(),
            text: c.maybe(Choices::words),
            coverage: c.coverage(),
            citations: c.maybe(|c| c.some(2, Choices::citation)),
            reason: c.words(),
        },
        _ => E::Restricted {
            ground: c.ground(),
            reason: c.words(),
            review_on: c.day(),
            explanation: c.words(),
            public_title: c.maybe(|_| line("A question")),
            also: c.some(2, Choices::reference),
        },
    }
}

/// Any command at all, often one that fits.
pub(crate) fn command(c: &mut Choices<'_>) -> Command {
    match c.below(22) {
        0 => Command::Raise(Box::new(Raise {
            numbered: None,
            parts: c.parts(),
            due: c.due_rule(),
            ..super::examples::raise()
        })),
        1 => Command::Triage {
            remit: c.one(Remit::ALL),
            sensitivity: c.one(Sensitivity::ALL),
            note: c.maybe(Choices::words),
        },
        2 | 3 => Command::Delegate {
            to: lookup(c.name()),
            due: c.maybe(Choices::day),
            note: c.maybe(Choices::words),
        },
        4 => Command::AcceptDelegation,
        5 => Command::DeclineDelegation { reason: c.words() },
        6 => Command::Transfer {
            to: lookup(c.name()),
            due: c.maybe(Choices::day),
            reason: c.words(),
        },
        7 => Command::MoveDueDate {
            due: c.due_rule(),
            reason: c.words(),
        },
        8 => Command::PauseClock { reason: c.words() },
        9 => Command::ResumeClock,
        10 => Command::LiftRestriction { reason: c.words() },
        11 => Command::ProposeClosure {
            outcome: c.one(Outcome::ALL),
            reason: c.words(),
        },
        12 => Command::Close {
            outcome: c.one(Outcome::ALL),
            reason: c.maybe(Choices::words),
            superseded_by: c.maybe(Choices::reference),
        },
        13 | 14 => Command::Reopen {
            reason: c.words(),
            due: c.maybe(Choices::due_rule),
        },
        15 => Command::Withdraw { reason: c.words() },
        16 => Command::Link {
            kind: c.one(LinkKind::ALL),
            other: c.reference(),
        },
        17 => Command::Split {
            into: c.some(3, Choices::child),
            reason: c.words(),
        },
        _ => command_with_text(c),
    }
}

fn command_with_text(c: &mut Choices<'_>) -> Command {
    let id = response(c.below(3) as u128);
    match c.below(5) {
        0 => Command::RecordUpdate {
            period: c.maybe(Choices::quarter),
            rag: c.maybe(|c| c.one(Rag::ALL)),
            narrative: c.words(),
            recovery: c.maybe(Choices::words),
            milestone: None,
            expected_on: c.maybe(Choices::day),
            evidence: vec![],
        },
        1 => Command::Respond {
            response: id,
            kind: c.one(ResponseKind::ALL),
            text: c.words(),
            coverage: c.maybe(Choices::coverage).unwrap_or_else(|| covers(&[])),
            citations: c.some(1, Choices::citation),
            also_answers: vec![],
            expected_on: None,
        },
        2 => Command::CorrectResponse {
            response: id,
            text: c.maybe(Choices::words),
            coverage: c.coverage(),
            citations: c.maybe(|c| c.some(1, Choices::citation)),
            reason: c.words(),
        },
        3 => Command::GiveUndertaking {
            response: id,
            child: c.reference(),
        },
        _ => Command::Restrict {
            ground: c.ground(),
            reason: c.words(),
            review_on: c.day(),
            explanation: c.words(),
            public_title: c.maybe(|_| line("A question")),
        },
    }
}
