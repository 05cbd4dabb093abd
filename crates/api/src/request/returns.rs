//! Requests for the steps of a quarterly return.

use super::terms::progress;
use super::{Ask, Call, Fields, Returning, all};
use crate::v1;
use domain::returns::{ActionUpdate, Command, Content, Said, UPDATES_LIMIT};

fn content(fields: &mut Fields, content: Option<&v1::ReturnContent>) -> Option<Content> {
    let Some(content) = content else {
        return Some(Content::nil());
    };
    fields.under("content", |fields| {
        let overall = fields.maybe_word("overall", content.overall);
        let position = fields.maybe_text("position", &content.position);
        let updates = fields.each("updates", &content.updates, UPDATES_LIMIT, update);
        let risks = fields.maybe_text("risks", &content.risks);
        let help_needed = fields.maybe_text("help_needed", &content.help_needed);
        Some(Content {
            overall,
            position,
            updates,
            risks,
            help_needed,
        })
    })
}

fn update(fields: &mut Fields, update: &v1::ReturnUpdate) -> Option<ActionUpdate> {
    let reference = fields.reference("reference", &update.reference);
    let said = match &update.progress {
        None => None,
        Some(said) => {
            if said.rag == 0 {
                fields.wrong("progress.rag", "is missing; give green, amber or red");
            }
            let said = progress(fields, said)?;
            Some(Said {
                rag: said.rag?,
                narrative: said.narrative,
                recovery: said.recovery,
                milestone: said.milestone,
                expected_on: said.expected_on,
                evidence: said.evidence,
            })
        }
    };
    let reference = reference?;
    Some(ActionUpdate { reference, said })
}

macro_rules! steps {
    ($($request:ident, $method:literal: |$message:ident, $fields:ident, $content:ident| $command:expr;)+) => {
        $(impl Call for v1::$request {
            const METHOD: &'static str = $method;

            fn write(&self) -> Option<&v1::Write> {
                self.write.as_ref()
            }

            fn ask(&self, $fields: &mut Fields) -> Option<Ask> {
                let group = $fields.lookup("group", &self.group);
                let quarter = $fields.quarter("quarter", &self.quarter);
                let $message = self;
                let $content = content($fields, self.content.as_ref());
                let command: Option<Command> = $command;
                Some(Ask::Return(Box::new(Returning {
                    group: group?,
                    quarter: quarter?,
                    command: command?,
                })))
            }
        })+
    };
}

steps! {
    SaveReturnDraftRequest, "SaveReturnDraft": |_m, _f, content| {
        content.map(|content| Command::SaveDraft { content })
    };
    SubmitReturnRequest, "SubmitReturn": |_m, _f, content| {
        content.map(|content| Command::Submit { content })
    };
    CorrectReturnRequest, "CorrectReturn": |m, f, content| {
        let reason = f.text("reason", &m.reason);
        all(|| Some(Command::Correct { content: content?, reason: reason? }))
    };
}
