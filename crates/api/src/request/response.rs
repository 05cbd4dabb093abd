//! Requests that touch several actions at once: responses, splits, undertakings.

use super::terms::{citations, coverage, due};
use super::{ALSO_ANSWERS_LIMIT, Ask, Call, Fields, Responding, Splitting, Undertaking};
use crate::v1;
use domain::action::{PartId, ResponseId};
use std::collections::BTreeSet;

impl Call for v1::RespondToActionRequest {
    const METHOD: &'static str = "RespondToAction";

    fn write(&self) -> Option<&v1::Write> {
        self.write.as_ref()
    }

    fn ask(&self, fields: &mut Fields) -> Option<Ask> {
        let reference = fields.reference("reference", &self.reference);
        let kind = fields.word("kind", self.kind);
        let text = fields.text("text", &self.text);
        let covered = coverage(fields, "coverage", &self.coverage);
        let citations = citations(fields, "citations", &self.citations);
        let mut seen: BTreeSet<_> = reference.iter().cloned().collect();
        let also = fields.each(
            "also_answers",
            &self.also_answers,
            ALSO_ANSWERS_LIMIT,
            |fields, also| {
                let reference = fields.reference("reference", &also.reference);
                let coverage = coverage(fields, "coverage", &also.coverage);
                let reference = reference?;
                if !seen.insert(reference.clone()) {
                    fields.wrong("reference", "is named twice; say it once");
                }
                Some((reference, coverage))
            },
        );
        let expected_on = fields.maybe_date("expected_on", &self.expected_on);
        let responding = Responding {
            kind: kind?,
            text: text?,
            coverage: covered,
            citations,
            also,
            expected_on,
        };
        Some(Ask::Respond(reference?, Box::new(responding)))
    }
}

impl Call for v1::SplitActionRequest {
    const METHOD: &'static str = "SplitAction";

    fn write(&self) -> Option<&v1::Write> {
        self.write.as_ref()
    }

    fn ask(&self, fields: &mut Fields) -> Option<Ask> {
        let reference = fields.reference("reference", &self.reference);
        let series = fields.slug("series", &self.series);
        let reason = fields.text("reason", &self.reason);
        if self.pieces.len() < 2 {
            fields.wrong("pieces", "are fewer than two; a split makes two or more");
        }
        let pieces = fields.each("pieces", &self.pieces, PartId::LIMIT, |fields, piece| {
            let text = fields.maybe_text("text", &piece.text);
            let parts = fields.each("parts", &piece.parts, PartId::LIMIT, |fields, part| {
                fields.part("", part)
            });
            if piece.text.is_empty() && piece.parts.is_empty() {
                fields.wrong(
                    "text",
                    "is empty; give a text, or the parts that it carries on",
                );
            }
            Some((text, parts))
        });
        let splitting = Splitting {
            series: series?,
            pieces,
            reason: reason?,
        };
        Some(Ask::Split(reference?, Box::new(splitting)))
    }
}

impl Call for v1::RaiseUndertakingRequest {
    const METHOD: &'static str = "RaiseUndertaking";

    fn write(&self) -> Option<&v1::Write> {
        self.write.as_ref()
    }

    fn ask(&self, fields: &mut Fields) -> Option<Ask> {
        let reference = fields.reference("reference", &self.reference);
        let response = fields.uuid("response_id", &self.response_id);
        let text = fields.text("text", &self.text);
        let series = fields.slug("series", &self.series);
        let due = due(fields, "due", self.due.as_ref());
        let asked_of = (!self.asked_of.is_empty())
            .then(|| fields.lookup("asked_of", &self.asked_of))
            .flatten();
        let undertaking = Undertaking {
            response: ResponseId(response?),
            series: series?,
            text: text?,
            due: due?,
            asked_of,
        };
        Some(Ask::Undertake(reference?, Box::new(undertaking)))
    }
}
