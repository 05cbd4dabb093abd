//! Loads the meeting through the public API. Request ids follow from the names of the steps, so that
//! a second start changes nothing and an interrupted one goes on where it was.

use super::meeting::{Action, Meeting, Return};
use crate::cli::session::Session;
use crate::failure::Failure;
use crate::reach::{Part, WriteCall, Written};
use crate::words::{self, Word};
use api::v1;
use chrono::NaiveDate;
use domain::policy::Role;
use std::collections::BTreeMap;
use uuid::{Uuid, uuid};

/// The namespace of the demo's request ids.
const NAMESPACE: Uuid = uuid!("6f1c1d0e-52a2-5a57-9f0b-2d5b1c3f7a10");
const CLERK: Part = Part::Role(Role::Clerk);
const OFFICE: Part = Part::Role(Role::Office);

/// What a load did.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Loaded {
    /// Steps that were recorded now; the others were there.
    pub(super) recorded: usize,
}

/// Loads everything, in the order in which it happened as far as the record needs it.
pub(super) async fn load(session: &mut Session, meeting: &Meeting) -> Result<Loaded, Failure> {
    let mut loader = Loader {
        session,
        meeting,
        references: BTreeMap::new(),
        loaded: Loaded::default(),
    };
    loader.register().await?;
    for action in &meeting.actions {
        loader.raise(action).await?;
    }
    loader.delegate().await?;
    for action in &meeting.actions {
        loader.answer(action).await?;
    }
    loader.close().await?;
    for quarterly in &meeting.returns {
        loader.submit(quarterly).await?;
    }
    Ok(loader.loaded)
}

struct Loader<'a> {
    session: &'a mut Session,
    meeting: &'a Meeting,
    references: BTreeMap<&'a str, String>,
    loaded: Loaded,
}

fn word<W: Word + Into<i32>>(text: &str) -> Result<i32, Failure> {
    words::parse::<W>(text)
        .map(Into::into)
        .map_err(|problem| Failure::new(format!("the demo's data file, {text:?}: {problem}")))
}

impl<'a> Loader<'a> {
    async fn step<R: WriteCall>(
        &mut self,
        part: &Part,
        name: &str,
        on: NaiveDate,
        request: R,
    ) -> Result<Written, Failure> {
        let id = Uuid::new_v5(&NAMESPACE, name.as_bytes());
        let written = self
            .session
            .record(part, id, Some(on), request)
            .await
            .map_err(|failure| failure.and(format!("while loading the demo, at {name}")))?;
        if !written.unchanged {
            self.loaded.recorded += 1;
        }
        Ok(written)
    }

    async fn register(&mut self) -> Result<(), Failure> {
        let meeting = self.meeting;
        let on = meeting.registered_on;
        for body in &meeting.bodies {
            let request = v1::RegisterBodyRequest {
                write: None,
                id: body.id.clone(),
                name: body.name.clone(),
                kind: word::<v1::BodyKind>(&body.kind)?,
            };
            self.step(&CLERK, &format!("body {}", body.id), on, request)
                .await?;
            if let Some(months) = body.returns_months_after {
                let rule = v1::return_due_rule::Rule::EndOfMonthAfter(months);
                let request = v1::ScheduleReturnsRequest {
                    write: None,
                    board: body.id.clone(),
                    rule: Some(v1::ReturnDueRule { rule: Some(rule) }),
                };
                self.step(&CLERK, &format!("returns {}", body.id), on, request)
                    .await?;
            }
        }
        let board = "ccssb";
        let named = meeting.bodies.iter().find(|body| body.id == board);
        let board_name = named.map_or(board, |body| &body.name);
        for group in &meeting.groups {
            let request = v1::RegisterGroupRequest {
                write: None,
                id: group.id.clone(),
                name: group.name.clone(),
                board: board.to_owned(),
                details: Some(v1::GroupDetails {
                    aliases: group.aliases.clone(),
                    lead_bodies: match group.leads.as_slice() {
                        // The letter names no lead: the Board to which they report stands for it.
                        [] => vec![board_name.to_owned()],
                        leads => leads.to_vec(),
                    },
                    objectives: group.objectives.clone(),
                }),
            };
            self.step(&CLERK, &format!("group {}", group.id), on, request)
                .await?;
        }
        let request = v1::OpenSeriesRequest {
            write: None,
            id: meeting.series.clone(),
            body: meeting.raised_by.clone(),
            year: 2018,
            pattern: "PCP/{year}/{n:03}".to_owned(),
            title: "Police and Crime Panel 2018".to_owned(),
        };
        self.step(&CLERK, "series", on, request).await?;
        let request = v1::ArrangeMeetingRequest {
            write: None,
            id: meeting.meeting.clone(),
            body: meeting.raised_by.clone(),
            held_on: meeting.raised_on.to_string(),
            title: "Police and Crime Panel, September 2018".to_owned(),
        };
        self.step(&CLERK, "meeting", on, request).await.map(drop)
    }

    async fn raise(&mut self, action: &'a Action) -> Result<(), Failure> {
        use v1::due_rule::Rule;
        let meeting = self.meeting;
        let due = match &action.no_due_date {
            Some(reason) => Rule::NoneAgreed(reason.clone()),
            None => Rule::WorkingDays(v1::WorkingDays {
                days: meeting.due_working_days,
                calendar: v1::WorkingCalendar::EnglandAndWales.into(),
            }),
        };
        let text = if action.text.is_empty() {
            action.parts.join(" ")
        } else {
            action.text.clone()
        };
        let request = v1::RaiseActionRequest {
            write: None,
            series: meeting.series.clone(),
            kept_reference: String::new(),
            kind: word::<v1::Kind>(&action.kind)?,
            text,
            topic: action.topic.clone(),
            theme: String::new(),
            meeting: meeting.meeting.clone(),
            minute: String::new(),
            asked_of: meeting.asked_of.clone(),
            raised_by: meeting.raised_by.clone(),
            parts: action.parts.clone(),
            due: Some(v1::DueRule { rule: Some(due) }),
        };
        let name = format!("raise {}", action.key);
        let written = self.step(&CLERK, &name, meeting.raised_on, request).await?;
        self.references
            .insert(&action.key, written.reference.clone());
        let Some(remit) = &action.remit else {
            return Ok(());
        };
        let request = v1::TriageActionRequest {
            write: None,
            reference: written.reference,
            remit: word::<v1::Remit>(remit)?,
            sensitivity: word::<v1::Sensitivity>(action.sensitivity.as_deref().unwrap_or("none"))?,
            note: String::new(),
        };
        let name = format!("triage {}", action.key);
        self.step(&OFFICE, &name, meeting.answered_on, request)
            .await
            .map(drop)
    }

    fn reference(&self, key: &str) -> Result<String, Failure> {
        self.references
            .get(key)
            .cloned()
            .ok_or_else(|| Failure::new(format!("the demo's data file has no action {key:?}")))
    }

    async fn delegate(&mut self) -> Result<(), Failure> {
        for delegation in &self.meeting.delegations {
            let reference = self.reference(&delegation.action)?;
            let request = v1::DelegateActionRequest {
                write: None,
                reference: reference.clone(),
                to: delegation.to.clone(),
                due_on: delegation.due.clone(),
                note: String::new(),
            };
            let name = format!("delegate {}", delegation.action);
            self.step(&OFFICE, &name, delegation.on, request).await?;
            if let Some(on) = delegation.accepted_on {
                let part = Part::Group(delegation.to.clone());
                let request = v1::AcceptDelegationRequest {
                    write: None,
                    reference,
                };
                let name = format!("accept {}", delegation.action);
                self.step(&part, &name, on, request).await?;
            }
        }
        Ok(())
    }

    async fn answer(&mut self, action: &Action) -> Result<(), Failure> {
        let Some(answer) = &action.answer else {
            return Ok(());
        };
        let reference = self.reference(&action.key)?;
        let mut coverage = Vec::new();
        for (letter, covered) in ('a'..='z').zip(&action.coverage) {
            coverage.push(v1::PartCoverage {
                part: letter.to_string(),
                coverage: word::<v1::Coverage>(covered)?,
            });
        }
        let citation = |cite: &super::meeting::Cite| v1::Citation {
            title: cite.title.clone(),
            paragraph: cite.paragraph.clone(),
            link: cite.link.clone(),
            dated: cite.dated.clone(),
        };
        let request = v1::RespondToActionRequest {
            write: None,
            reference: reference.clone(),
            kind: v1::ResponseKind::Substantive.into(),
            text: answer.clone(),
            coverage,
            citations: action.cite.iter().map(citation).collect(),
            also_answers: Vec::new(),
            expected_on: String::new(),
        };
        let (name, on) = (format!("respond {}", action.key), self.meeting.answered_on);
        let written = self.step(&OFFICE, &name, on, request).await?;
        let Some(undertaking) = &action.undertaking else {
            return Ok(());
        };
        let due = v1::due_rule::Rule::NoneAgreed("the letter names no date".to_owned());
        let request = v1::RaiseUndertakingRequest {
            write: None,
            reference,
            response_id: written.response_id,
            text: undertaking.text.clone(),
            series: self.meeting.series.clone(),
            due: Some(v1::DueRule { rule: Some(due) }),
            asked_of: undertaking.asked_of.clone(),
        };
        let name = format!("undertaking {}", action.key);
        self.step(&OFFICE, &name, on, request).await.map(drop)
    }

    async fn close(&mut self) -> Result<(), Failure> {
        for closure in &self.meeting.closures {
            let request = v1::ProposeClosureRequest {
                write: None,
                reference: self.reference(&closure.action)?,
                outcome: word::<v1::Outcome>(&closure.outcome)?,
                reason: closure.reason.clone(),
            };
            let name = format!("propose {}", closure.action);
            self.step(&OFFICE, &name, closure.on, request).await?;
        }
        Ok(())
    }

    async fn submit(&mut self, quarterly: &Return) -> Result<(), Failure> {
        let mut updates = Vec::new();
        for update in &quarterly.updates {
            updates.push(v1::ReturnUpdate {
                reference: self.reference(&update.action)?,
                progress: Some(v1::Progress {
                    rag: word::<v1::Rag>(&update.rag)?,
                    narrative: update.text.clone(),
                    recovery: update.recovery.clone(),
                    ..v1::Progress::default()
                }),
            });
        }
        let overall = quarterly
            .overall
            .as_deref()
            .map(word::<v1::Rag>)
            .transpose()?;
        let request = v1::SubmitReturnRequest {
            write: None,
            group: quarterly.group.clone(),
            quarter: quarterly.quarter.clone(),
            content: Some(v1::ReturnContent {
                overall: overall.unwrap_or_default(),
                position: quarterly.position.clone(),
                updates,
                risks: quarterly.risks.clone(),
                help_needed: String::new(),
            }),
        };
        let name = format!("return {} {}", quarterly.group, quarterly.quarter);
        let part = Part::Group(quarterly.group.clone());
        self.step(&part, &name, quarterly.on, request)
            .await
            .map(drop)
    }
}
