//! Every call of the contract: steps of actions, returns that touch several, restrictions that are carried
//! to kin, entries of the register.

use super::few::{any_raise, respond, split, update};
use super::register::entry;
use super::{AREA, Asking, By, GROUPS, Known, Message, SERIES, write};
use crate::chance::Chance;
use crate::history::Kind;
use api::v1;
use domain::policy::Role;
use uuid::Uuid;

/// How often each kind is asked for.
const WEIGHTS: [(u64, Kind); 26] = [
    (14, Kind::Raise),
    (5, Kind::Update),
    (7, Kind::Respond),
    (9, Kind::RespondTogether),
    (6, Kind::Close),
    (2, Kind::Withdraw),
    (8, Kind::Reopen),
    (5, Kind::Split),
    (4, Kind::Move),
    (2, Kind::Triage),
    (6, Kind::Delegate),
    (4, Kind::Accept),
    (2, Kind::Decline),
    (3, Kind::Transfer),
    (4, Kind::Correct),
    (3, Kind::Pause),
    (3, Kind::Resume),
    (6, Kind::Restrict),
    (4, Kind::Lift),
    (2, Kind::Propose),
    (3, Kind::Link),
    (5, Kind::Undertake),
    (2, Kind::SaveDraft),
    (5, Kind::Submit),
    (4, Kind::CorrectReturn),
    (5, Kind::Register),
];

/// The quarters whose returns are asked for; all of them are over.
const QUARTERS: [(&str, &str); 4] = [
    ("Q3 2017/18", "2017-18-q3"),
    ("Q4 2017/18", "2017-18-q4"),
    ("Q1 2018/19", "2018-19-q1"),
    ("Q2 2018/19", "2018-19-q2"),
];

/// The day on which most of it happens: that of the simulation.
const TODAY: &str = "2018-11-09";

/// A new request of any kind.
#[must_use]
pub fn every(chance: &mut Chance, known: &[Known]) -> Asking {
    let id = chance.id();
    let kind = kind(chance);
    match kind {
        Kind::Register => return entry(chance, id),
        Kind::SaveDraft | Kind::Submit | Kind::CorrectReturn => {
            return returned(chance, id, kind, known);
        }
        _ => {}
    }
    let Some(chosen) = chance.pick(known).filter(|_| kind != Kind::Raise) else {
        return raise(chance, id);
    };
    let on = ["2018-11-08", TODAY, TODAY, TODAY];
    let on = chance.pick(&on).copied().unwrap_or(TODAY);
    let etag = (chance.percent(12) && chosen.last > 0).then_some(chosen.last);
    let other = chance.pick(known).map(|other| other.reference.clone());
    let other = other.filter(|other| *other != chosen.reference);
    let of = Of {
        id,
        write: Some(v1::Write {
            etag: etag.map(|etag| etag.to_string()).unwrap_or_default(),
            ..write(id, on)
        }),
        reference: chosen.reference.clone(),
        response: chance.pick(&chosen.responses).cloned(),
        holder: chosen.holder.clone(),
        other,
    };
    let (kind, message, others, by) = of.step(chance, kind);
    let references = std::iter::once(chosen.reference.clone()).chain(others);
    Asking {
        id,
        kind,
        references: references.collect(),
        etag,
        message,
        by,
    }
}

fn kind(chance: &mut Chance) -> Kind {
    let all = WEIGHTS.iter().map(|(weight, _)| weight).sum();
    let mut drawn = chance.below(all);
    for (weight, kind) in WEIGHTS {
        if drawn < weight {
            return kind;
        }
        drawn -= weight;
    }
    Kind::Raise
}

/// A question under the next number, or under one of a few references kept from elsewhere.
fn raise(chance: &mut Chance, id: Uuid) -> Asking {
    let mut asked = any_raise(id);
    let mut references = vec![];
    if chance.percent(10) {
        let kept = format!("OLD/{}", chance.between(1, 9));
        asked.series = String::new();
        asked.kept_reference.clone_from(&kept);
        references.push(kept);
    }
    if chance.percent(10) {
        asked.due = Some(v1::DueRule {
            rule: Some(v1::due_rule::Rule::BeforeAgendaOf("next".to_owned())),
        });
    }
    Asking {
        id,
        kind: Kind::Raise,
        references,
        etag: None,
        message: Message::RaiseAction(asked),
        by: By::Role(Role::Clerk),
    }
}

/// A return of one group for one quarter, which speaks of actions that it holds, as far as anybody knows.
fn returned(chance: &mut Chance, id: Uuid, kind: Kind, known: &[Known]) -> Asking {
    let group = chance.pick(&GROUPS).copied().unwrap_or(GROUPS[0]);
    let (quarter, slug) = chance.pick(&QUARTERS).copied().unwrap_or(QUARTERS[0]);
    let held = known.iter().filter(|k| k.holder.as_deref() == Some(group));
    let mut named: Vec<String> = held.map(|k| k.reference.clone()).collect();
    let most = usize::try_from(chance.below(4)).unwrap_or(0);
    named.drain(..named.len().saturating_sub(most));
    if chance.percent(5) {
        // One that it may not hold.
        named.extend(chance.pick(known).map(|k| k.reference.clone()));
        named.dedup();
    }
    let update = |reference: &String| v1::ReturnUpdate {
        reference: reference.clone(),
        progress: Some(green(id)),
    };
    let nil = named.is_empty() && chance.percent(50);
    let content = v1::ReturnContent {
        overall: if nil { 0 } else { v1::Rag::Green.into() },
        position: if nil {
            String::new()
        } else {
            format!("All of {id} burn.")
        },
        updates: named.iter().map(update).collect(),
        ..Default::default()
    };
    let write = Some(write(id, TODAY));
    let (group_id, quarter) = (group.to_owned(), quarter.to_owned());
    let message = match kind {
        Kind::SaveDraft => Message::SaveReturnDraft(v1::SaveReturnDraftRequest {
            write,
            group: group_id,
            quarter,
            content: Some(content),
        }),
        Kind::Submit => Message::SubmitReturn(v1::SubmitReturnRequest {
            write,
            group: group_id,
            quarter,
            content: Some(content),
        }),
        _ => Message::CorrectReturn(v1::CorrectReturnRequest {
            write,
            group: group_id,
            quarter,
            content: Some(content),
            reason: format!("Counted again for {id}."),
        }),
    };
    let subject = format!("evt.{AREA}.return.{group}.{slug}");
    Asking {
        id,
        kind,
        references: std::iter::once(subject).chain(named).collect(),
        etag: None,
        message,
        by: By::Group(group),
    }
}

fn green(id: Uuid) -> v1::Progress {
    v1::Progress {
        rag: v1::Rag::Green.into(),
        narrative: format!("The lamps of {id} are counted each night."),
        ..Default::default()
    }
}

/// What a step of an action is made of.
struct Of {
    id: Uuid,
    write: Option<v1::Write>,
    reference: String,
    response: Option<String>,
    holder: Option<String>,
    other: Option<String>,
}

/// What is asked, of which others, by whom.
type Asked = (Kind, Message, Option<String>, By);

const CLERK: By = By::Role(Role::Clerk);
const OFFICE: By = By::Role(Role::Office);

impl Of {
    fn step(self, chance: &mut Chance, kind: Kind) -> Asked {
        match kind {
            Kind::Delegate | Kind::Accept | Kind::Decline | Kind::Transfer => {
                self.delegation(chance, kind)
            }
            Kind::Respond | Kind::RespondTogether | Kind::Correct | Kind::Undertake => {
                self.response(chance, kind)
            }
            Kind::Restrict | Kind::Lift => self.view(chance, kind),
            Kind::Close | Kind::Withdraw | Kind::Reopen | Kind::Propose => {
                self.closing(chance, kind)
            }
            Kind::Move | Kind::Pause | Kind::Resume => self.clock(chance, kind),
            _ => self.other(chance, kind),
        }
    }

    fn delegation(self, chance: &mut Chance, kind: Kind) -> Asked {
        let (write, reference) = (self.write, self.reference);
        let to = ["lamps", "lamps", "oil", "opcc"];
        let to = chance.pick(&to).copied().unwrap_or("lamps").to_owned();
        let due_on = format!("2018-12-{}", chance.between(10, 12));
        let held_by = GROUPS.iter().find(|g| self.holder.as_deref() == Some(**g));
        let holder = held_by.map_or(OFFICE, |group| By::Group(group));
        match kind {
            Kind::Delegate => {
                let asked = v1::DelegateActionRequest {
                    write,
                    reference,
                    to,
                    due_on,
                    note: String::new(),
                };
                (kind, Message::DelegateAction(asked), None, OFFICE)
            }
            Kind::Accept => {
                let asked = v1::AcceptDelegationRequest { write, reference };
                (kind, Message::AcceptDelegation(asked), None, holder)
            }
            Kind::Decline => {
                let asked = v1::DeclineDelegationRequest {
                    write,
                    reference,
                    reason: format!("No wicks for {}.", self.id),
                };
                (kind, Message::DeclineDelegation(asked), None, holder)
            }
            _ => {
                let asked = v1::TransferActionRequest {
                    write,
                    reference,
                    to,
                    due_on,
                    reason: format!("They have the oil of {}.", self.id),
                };
                (kind, Message::TransferAction(asked), None, OFFICE)
            }
        }
    }

    fn response(self, chance: &mut Chance, kind: Kind) -> Asked {
        let (id, write, reference) = (self.id, self.write, self.reference);
        match (kind, self.response) {
            (Kind::Correct, Some(response_id)) => {
                let asked = v1::CorrectResponseRequest {
                    write,
                    reference,
                    response_id,
                    text: format!("They were miscounted for {id}."),
                    reason: "Counted again.".to_owned(),
                    ..Default::default()
                };
                (kind, Message::CorrectResponse(asked), None, OFFICE)
            }
            (Kind::Undertake, Some(response_id)) => {
                let asked = v1::RaiseUndertakingRequest {
                    write,
                    reference,
                    response_id,
                    text: format!("A lamp for {id} will be lit."),
                    series: SERIES.to_owned(),
                    due: Some(on_date("2018-12-20")),
                    asked_of: String::new(),
                };
                (kind, Message::RaiseUndertaking(asked), None, CLERK)
            }
            _ => {
                let other = self.other.filter(|_| kind == Kind::RespondTogether);
                let mut asked = respond(reference, other.clone(), write, id);
                if chance.percent(30) {
                    asked.kind = v1::ResponseKind::Substantive.into();
                }
                let kind = match other {
                    Some(_) => Kind::RespondTogether,
                    None => Kind::Respond,
                };
                (kind, Message::RespondToAction(asked), other, OFFICE)
            }
        }
    }

    fn view(self, chance: &mut Chance, kind: Kind) -> Asked {
        let (write, reference) = (self.write, self.reference);
        let by = *chance.pick(&[CLERK, OFFICE]).unwrap_or(&CLERK);
        if kind == Kind::Lift {
            let asked = v1::LiftRestrictionRequest {
                write,
                reference,
                reason: format!("The matter of {} is over.", self.id),
            };
            return (kind, Message::LiftRestriction(asked), None, by);
        }
        // Half of them say the same, so that some stand already.
        let explanation = match chance.percent(50) {
            true => "Personal data.".to_owned(),
            false => format!("Personal data of {}.", self.id),
        };
        let asked = v1::RestrictActionRequest {
            write,
            reference,
            ground: Some(v1::Ground {
                ground: Some(v1::ground::Ground::PersonalInformation(true)),
            }),
            reason: "Somebody would be known by it.".to_owned(),
            review_on: "2019-05-01".to_owned(),
            explanation,
            public_title: String::new(),
        };
        (kind, Message::RestrictAction(asked), None, by)
    }

    fn closing(self, chance: &mut Chance, kind: Kind) -> Asked {
        let (id, write, reference) = (self.id, self.write, self.reference);
        let outcomes = [
            v1::Outcome::Noted,
            v1::Outcome::NotPursued,
            v1::Outcome::Answered,
        ];
        let outcome = chance.pick(&outcomes).copied().unwrap_or_default();
        match kind {
            Kind::Close => {
                let superseded_by = self.other.filter(|_| chance.percent(20));
                let outcome = match superseded_by {
                    Some(_) => v1::Outcome::Superseded,
                    None => outcome,
                };
                let asked = v1::CloseActionRequest {
                    write,
                    reference,
                    outcome: outcome.into(),
                    reason: String::new(),
                    superseded_by: superseded_by.unwrap_or_default(),
                };
                (kind, Message::CloseAction(asked), None, CLERK)
            }
            Kind::Withdraw => {
                let asked = v1::WithdrawActionRequest {
                    write,
                    reference,
                    reason: "Asked in another place.".to_owned(),
                };
                (kind, Message::WithdrawAction(asked), None, CLERK)
            }
            Kind::Reopen => {
                let asked = v1::ReopenActionRequest {
                    write,
                    reference,
                    reason: format!("It goes on after {id}."),
                    due: chance.percent(20).then(|| on_date("2018-12-24")),
                };
                (kind, Message::ReopenAction(asked), None, CLERK)
            }
            _ => {
                let asked = v1::ProposeClosureRequest {
                    write,
                    reference,
                    outcome: outcome.into(),
                    reason: format!("All of {id} are counted."),
                };
                (kind, Message::ProposeClosure(asked), None, OFFICE)
            }
        }
    }

    fn clock(self, chance: &mut Chance, kind: Kind) -> Asked {
        let (id, write, reference) = (self.id, self.write, self.reference);
        match kind {
            Kind::Move => {
                let asked = v1::MoveDueDateRequest {
                    write,
                    reference,
                    due: Some(on_date(&format!("2018-11-{}", chance.between(11, 30)))),
                    reason: format!("The lamps of {id} are to be counted again."),
                };
                (kind, Message::MoveDueDate(asked), None, CLERK)
            }
            Kind::Pause => {
                let asked = v1::PauseClockRequest {
                    write,
                    reference,
                    reason: format!("The counter of {id} is ill."),
                };
                (kind, Message::PauseClock(asked), None, CLERK)
            }
            _ => {
                let asked = v1::ResumeClockRequest { write, reference };
                (kind, Message::ResumeClock(asked), None, CLERK)
            }
        }
    }

    fn other(self, chance: &mut Chance, kind: Kind) -> Asked {
        let (id, write, reference) = (self.id, self.write, self.reference);
        match (kind, self.other) {
            (Kind::Split, _) => {
                let asked = split(reference, write);
                (kind, Message::SplitAction(asked), None, CLERK)
            }
            (Kind::Triage, _) => {
                let remits = [v1::Remit::Commissioner, v1::Remit::Operational];
                let asked = v1::TriageActionRequest {
                    write,
                    reference,
                    remit: chance.pick(&remits).copied().unwrap_or_default().into(),
                    sensitivity: v1::Sensitivity::None.into(),
                    note: String::new(),
                };
                (kind, Message::TriageAction(asked), None, OFFICE)
            }
            (Kind::Link, Some(other)) => {
                let kinds = [
                    v1::LinkKind::Parent,
                    v1::LinkKind::DuplicateOf,
                    v1::LinkKind::FollowsFrom,
                ];
                let asked = v1::LinkActionsRequest {
                    write,
                    reference,
                    kind: chance.pick(&kinds).copied().unwrap_or_default().into(),
                    other,
                };
                (kind, Message::LinkActions(asked), None, CLERK)
            }
            _ => {
                let asked = update(reference, write, id);
                (Kind::Update, Message::RecordUpdate(asked), None, OFFICE)
            }
        }
    }
}

fn on_date(date: &str) -> v1::DueRule {
    v1::DueRule {
        rule: Some(v1::due_rule::Rule::OnDate(date.to_owned())),
    }
}
