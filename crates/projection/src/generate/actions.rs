//! The life of an action, a step at a time.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use domain::action::{
    self, Command, Context, Coverage, Ground, Kind, Lookup, Outcome, PartId, PartText, Rag, Raise,
    Remit, ResponseId, ResponseKind, Sensitivity,
};
use domain::aggregate::Address;
use domain::calendar::deadline::DueRule;
use domain::calendar::working_days::WorkingCalendar;
use domain::policy::Role;

use super::Draft;
use super::chance::Chance;
use super::panel::{Open, Panel};
use super::words::{self, line, sentence};

impl Panel {
    pub(super) fn raise(&mut self, chance: &mut Chance) -> Option<Draft> {
        let (reference, series, number) = self.next_reference()?;
        let parts = if chance.percent(25) {
            2 + chance.below(3)
        } else {
            0
        };
        let parts = (0..parts).filter_map(|at| {
            Some(PartText {
                id: PartId::at(at)?,
                text: sentence(chance)?,
            })
        });
        let parts = parts.collect();
        let due = if chance.percent(5) {
            DueRule::NoneAgreed {
                reason: "to be agreed at the next meeting".to_owned(),
            }
        } else {
            let days = u16::try_from(5 + chance.below(40)).unwrap_or(20);
            DueRule::WorkingDays {
                days,
                calendar: WorkingCalendar::EnglandAndWales,
            }
        };
        let raise = Raise {
            reference: reference.clone(),
            numbered: Some((series, number)),
            kind: *chance.pick(Kind::ALL)?,
            text: sentence(chance)?,
            topic: chance.pick(&words::TOPICS).and_then(|topic| line(topic)),
            theme: chance.pick(&words::THEMES).and_then(|theme| line(theme)),
            meeting: self.meeting.clone(),
            minute: line(&format!("{}", 1 + chance.below(40))),
            asked_of: Lookup(line(if chance.percent(90) {
                "opcc"
            } else {
                "constabulary"
            })?),
            raised_by: Lookup(line("pcp")?),
            parts,
            due,
            origin: None,
        };
        let on = self.today;
        let command = Command::Raise(Box::new(raise));
        let context = Context {
            on,
            today: on,
            register: &self.register,
        };
        let events = action::decide(&reference, None, &command, context).ok()?;
        let action = action::fold(events.iter().map(|event| (on, event)))?;
        self.took_reference();
        let address = Address::action(&self.area, &reference);
        self.open.push(Open {
            reference,
            action,
            stage: 0,
        });
        Draft::of(address, on, Role::Clerk, &events)
    }

    /// Takes a random open action a step on.
    pub(super) fn advance(&mut self, chance: &mut Chance) -> Option<Draft> {
        let at = chance.below(self.open.len());
        let open = self.open.get(at)?;
        let (role, command) = next(open, chance)?;
        let on = recently(open.action.raised_on, self.today, chance);
        let context = Context {
            on,
            today: self.today,
            register: &self.register,
        };
        let decided = action::decide(&open.reference, Some(&open.action), &command, context);
        let open = self.open.get_mut(at)?;
        open.stage += 1;
        let events = decided.ok()?;
        for event in &events {
            if let Some(next) = action::evolve(Some(open.action.clone()), on, event) {
                open.action = next;
            }
        }
        let address = Address::action(&self.area, &open.reference);
        let draft = Draft::of(address, on, role, &events);
        let done = !open.action.status().is_open() && !chance.percent(2);
        if done {
            self.open.swap_remove(at);
        }
        draft
    }
}

/// Today, or some days ago: what happens is not always recorded at once.
fn recently(first: NaiveDate, today: NaiveDate, chance: &mut Chance) -> NaiveDate {
    let days = if chance.percent(30) {
        chance.below(12)
    } else {
        0
    };
    let days = Days::new(u64::try_from(days).unwrap_or(0));
    today.checked_sub_days(days).unwrap_or(today).max(first)
}

fn next(open: &Open, chance: &mut Chance) -> Option<(Role, Command)> {
    let action = &open.action;
    if !action.status().is_open() {
        let reason = sentence(chance)?;
        return Some((Role::Clerk, Command::Reopen { reason, due: None }));
    }
    if action.restriction.is_some() && chance.percent(15) {
        let reason = sentence(chance)?;
        return Some((Role::Clerk, Command::LiftRestriction { reason }));
    }
    if chance.percent(12) {
        return aside(open, chance);
    }
    Some(match open.stage {
        0 => (Role::Office, triage(chance)?),
        1 => {
            let (id, _) = chance.pick(&words::GROUPS)?;
            let to = Lookup(line(id)?);
            (
                Role::Office,
                Command::Delegate {
                    to,
                    due: None,
                    note: None,
                },
            )
        }
        2 if chance.percent(85) => (Role::Group, Command::AcceptDelegation),
        2 => (
            Role::Group,
            Command::DeclineDelegation {
                reason: sentence(chance)?,
            },
        ),
        3 | 4 | 6 => (Role::Group, update(chance)?),
        5 => (
            Role::Office,
            respond(ResponseKind::Holding, BTreeMap::new(), chance)?,
        ),
        7 => {
            let mut coverage = BTreeMap::new();
            for part in &action.parts {
                let how = if chance.percent(80) {
                    Coverage::Answered
                } else {
                    *chance.pick(&Coverage::ALL[1..])?
                };
                coverage.insert(part.id, how);
            }
            (
                Role::Office,
                respond(ResponseKind::Substantive, coverage, chance)?,
            )
        }
        8 => {
            let outcome = Outcome::Noted;
            (
                Role::Office,
                Command::ProposeClosure {
                    outcome,
                    reason: sentence(chance)?,
                },
            )
        }
        _ => {
            let outcome = *chance.pick(&[
                Outcome::Answered,
                Outcome::Noted,
                Outcome::Completed,
                Outcome::NotPursued,
            ])?;
            (
                Role::Clerk,
                Command::Close {
                    outcome,
                    reason: Some(sentence(chance)?),
                    superseded_by: None,
                },
            )
        }
    })
}

/// What happens now and then, at any stage.
fn aside(open: &Open, chance: &mut Chance) -> Option<(Role, Command)> {
    let reason = sentence(chance)?;
    let action = &open.action;
    Some(match chance.below(9) {
        0 | 1 => {
            let days = u16::try_from(10 + chance.below(30)).unwrap_or(20);
            let due = DueRule::WorkingDays {
                days,
                calendar: WorkingCalendar::EnglandAndWales,
            };
            (Role::Clerk, Command::MoveDueDate { due, reason })
        }
        2 => (Role::Clerk, Command::PauseClock { reason }),
        3 => (Role::Clerk, Command::ResumeClock),
        4 => {
            let review_on = action.last_change_on.checked_add_days(Days::new(500))?;
            let explanation = sentence(chance)?;
            let ground = Ground::OperationallySensitive;
            let public_title = None;
            (
                Role::Clerk,
                Command::Restrict {
                    ground,
                    reason,
                    review_on,
                    explanation,
                    public_title,
                },
            )
        }
        5 => (Role::Clerk, Command::Withdraw { reason }),
        6 | 7 => {
            let response = action.responses.last()?.id;
            let coverage = action
                .parts
                .iter()
                .map(|part| (part.id, Coverage::Signposted))
                .collect();
            (
                Role::Office,
                Command::CorrectResponse {
                    response,
                    text: None,
                    coverage,
                    citations: None,
                    reason,
                },
            )
        }
        _ => {
            let (id, _) = chance.pick(&words::GROUPS)?;
            let to = Lookup(line(id)?);
            (
                Role::Office,
                Command::Transfer {
                    to,
                    due: None,
                    reason,
                },
            )
        }
    })
}

fn triage(chance: &mut Chance) -> Option<Command> {
    Some(Command::Triage {
        remit: *chance.pick(Remit::ALL)?,
        sensitivity: *chance.pick(Sensitivity::ALL)?,
        note: None,
    })
}

fn update(chance: &mut Chance) -> Option<Command> {
    let rag = *chance.pick(Rag::ALL)?;
    Some(Command::RecordUpdate {
        period: None,
        rag: Some(rag),
        narrative: sentence(chance)?,
        recovery: if rag == Rag::Green {
            None
        } else {
            sentence(chance)
        },
        milestone: None,
        expected_on: None,
        evidence: Vec::new(),
    })
}

fn respond(
    kind: ResponseKind,
    coverage: BTreeMap<PartId, Coverage>,
    chance: &mut Chance,
) -> Option<Command> {
    Some(Command::Respond {
        response: ResponseId(uuid::Builder::from_random_bytes(chance.bytes()).into_uuid()),
        kind,
        text: sentence(chance)?,
        coverage,
        citations: Vec::new(),
        also_answers: Vec::new(),
        expected_on: None,
    })
}
