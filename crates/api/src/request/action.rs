//! Requests for one step of one action, and for a new one.

use super::terms::{coverage, due, ground, maybe_due, progress};
use super::{Ask, Call, Fields, Numbering, Raising, all, lettered, terms};
use crate::v1;
use domain::action::{Command, PartId, Raise};
use domain::reference::Reference;

/// A reference that no request carries: it stands where the number of a series will.
fn to_be_numbered(fields: &mut Fields) -> Option<Reference> {
    fields.reference("reference", "0")
}

impl Call for v1::RaiseActionRequest {
    const METHOD: &'static str = "RaiseAction";

    fn write(&self) -> Option<&v1::Write> {
        self.write.as_ref()
    }

    fn ask(&self, fields: &mut Fields) -> Option<Ask> {
        let numbering = match (self.series.as_str(), self.kept_reference.as_str()) {
            ("", "") => {
                fields.wrong("series", "is empty; give a series, or a kept_reference");
                None
            }
            (series, "") => fields.slug("series", series).map(Numbering::Series),
            ("", kept) => fields
                .reference("kept_reference", kept)
                .map(Numbering::Kept),
            _ => {
                fields.wrong(
                    "kept_reference",
                    "is given beside a series; give one of them",
                );
                None
            }
        };
        let kind = fields.word("kind", self.kind);
        let text = fields.text("text", &self.text);
        let topic = fields.maybe_line("topic", &self.topic);
        let theme = fields.maybe_line("theme", &self.theme);
        let meeting = fields.maybe_slug("meeting", &self.meeting);
        let minute = fields.maybe_line("minute", &self.minute);
        let asked_of = fields.lookup("asked_of", &self.asked_of);
        let raised_by = fields.lookup("raised_by", &self.raised_by);
        let parts = fields.each("parts", &self.parts, PartId::LIMIT, |fields, part| {
            fields.text("", part)
        });
        let due = due(fields, "due", self.due.as_ref());
        let numbering = numbering?;
        let reference = match &numbering {
            Numbering::Kept(reference) => reference.clone(),
            Numbering::Series(_) => to_be_numbered(fields)?,
        };
        let raise = Raise {
            reference,
            numbered: None,
            kind: kind?,
            text: text?,
            topic,
            theme,
            meeting,
            minute,
            asked_of: asked_of?,
            raised_by: raised_by?,
            parts: lettered(parts),
            due: due?,
            origin: None,
        };
        Some(Ask::Raise(Box::new(Raising { numbering, raise })))
    }
}

macro_rules! steps {
    ($($request:ident, $method:literal: |$message:ident, $fields:ident| $command:expr;)+) => {
        $(impl Call for v1::$request {
            const METHOD: &'static str = $method;

            fn write(&self) -> Option<&v1::Write> {
                self.write.as_ref()
            }

            fn ask(&self, $fields: &mut Fields) -> Option<Ask> {
                let reference = $fields.reference("reference", &self.reference);
                let $message = self;
                let command: Option<Command> = $command;
                Some(Ask::Action(reference?, Box::new(command?)))
            }
        })+
    };
}

steps! {
    TriageActionRequest, "TriageAction": |m, f| {
        let remit = f.word("remit", m.remit);
        let sensitivity = f.word("sensitivity", m.sensitivity);
        let note = f.maybe_text("note", &m.note);
        all(|| Some(Command::Triage { remit: remit?, sensitivity: sensitivity?, note }))
    };
    DelegateActionRequest, "DelegateAction": |m, f| {
        let to = f.lookup("to", &m.to);
        let due = f.maybe_date("due_on", &m.due_on);
        let note = f.maybe_text("note", &m.note);
        to.map(|to| Command::Delegate { to, due, note })
    };
    AcceptDelegationRequest, "AcceptDelegation": |_m, _f| Some(Command::AcceptDelegation);
    DeclineDelegationRequest, "DeclineDelegation": |m, f| {
        f.text("reason", &m.reason).map(|reason| Command::DeclineDelegation { reason })
    };
    TransferActionRequest, "TransferAction": |m, f| {
        let to = f.lookup("to", &m.to);
        let due = f.maybe_date("due_on", &m.due_on);
        let reason = f.text("reason", &m.reason);
        all(|| Some(Command::Transfer { to: to?, due, reason: reason? }))
    };
    RecordUpdateRequest, "RecordUpdate": |m, f| {
        let period = f.maybe_quarter("period", &m.period);
        match &m.progress {
            None => {
                f.wrong("progress", "is missing; say what was done");
                None
            }
            Some(said) => progress(f, said).map(|said| Command::RecordUpdate {
                period,
                rag: said.rag,
                narrative: said.narrative,
                recovery: said.recovery,
                milestone: said.milestone,
                expected_on: said.expected_on,
                evidence: said.evidence,
            }),
        }
    };
    CorrectResponseRequest, "CorrectResponse": |m, f| {
        let response = f.uuid("response_id", &m.response_id);
        let text = f.maybe_text("text", &m.text);
        let coverage = coverage(f, "coverage", &m.coverage);
        let citations = terms::citations(f, "citations", &m.citations);
        if !m.correct_citations && !m.citations.is_empty() {
            f.wrong("citations", "are given; set correct_citations to replace those on record");
        }
        let reason = f.text("reason", &m.reason);
        all(|| Some(Command::CorrectResponse {
            response: domain::action::ResponseId(response?),
            text,
            coverage,
            citations: m.correct_citations.then_some(citations),
            reason: reason?,
        }))
    };
    MoveDueDateRequest, "MoveDueDate": |m, f| {
        let due = due(f, "due", m.due.as_ref());
        let reason = f.text("reason", &m.reason);
        all(|| Some(Command::MoveDueDate { due: due?, reason: reason? }))
    };
    PauseClockRequest, "PauseClock": |m, f| {
        f.text("reason", &m.reason).map(|reason| Command::PauseClock { reason })
    };
    ResumeClockRequest, "ResumeClock": |_m, _f| Some(Command::ResumeClock);
    RestrictActionRequest, "RestrictAction": |m, f| {
        let ground = ground(f, m.ground.as_ref());
        let reason = f.text("reason", &m.reason);
        let review_on = f.date("review_on", &m.review_on);
        let explanation = f.text("explanation", &m.explanation);
        let public_title = f.maybe_line("public_title", &m.public_title);
        all(|| Some(Command::Restrict {
            ground: ground?,
            reason: reason?,
            review_on: review_on?,
            explanation: explanation?,
            public_title,
        }))
    };
    LiftRestrictionRequest, "LiftRestriction": |m, f| {
        f.text("reason", &m.reason).map(|reason| Command::LiftRestriction { reason })
    };
    ProposeClosureRequest, "ProposeClosure": |m, f| {
        let outcome = f.word("outcome", m.outcome);
        let reason = f.text("reason", &m.reason);
        all(|| Some(Command::ProposeClosure { outcome: outcome?, reason: reason? }))
    };
    CloseActionRequest, "CloseAction": |m, f| {
        let outcome = f.word("outcome", m.outcome);
        let reason = f.maybe_text("reason", &m.reason);
        let superseded_by = f.maybe_reference("superseded_by", &m.superseded_by);
        outcome.map(|outcome| Command::Close { outcome, reason, superseded_by })
    };
    ReopenActionRequest, "ReopenAction": |m, f| {
        let reason = f.text("reason", &m.reason);
        let due = maybe_due(f, "due", m.due.as_ref());
        reason.map(|reason| Command::Reopen { reason, due })
    };
    WithdrawActionRequest, "WithdrawAction": |m, f| {
        f.text("reason", &m.reason).map(|reason| Command::Withdraw { reason })
    };
    LinkActionsRequest, "LinkActions": |m, f| {
        let kind = f.word("kind", m.kind);
        let other = f.reference("other", &m.other);
        all(|| Some(Command::Link { kind: kind?, other: other? }))
    };
}
