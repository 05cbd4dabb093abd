//! Raises and answers what a plan says. Request ids follow from the content of the items, so that
//! applying a plan twice changes nothing and an interrupted one goes on where it was.

use super::progress::Progress;
use crate::cli::lookups::{meeting_entry, only, party, series};
use crate::cli::session::Session;
use crate::failure::{Exit, Failure};
use crate::output::message;
use crate::reach::{Part, WriteCall, Written};
use crate::serve::Signals;
use api::v1;
use chrono::NaiveDate;
use domain::policy::Role;
use intake::letter::Coverage;
use intake::plan::{LetterPlan, PlanItem, PlanKind, PlanRemit, PlanSensitivity};
use std::collections::BTreeMap;
use uuid::{Uuid, uuid};

/// Stands in a plan for the one body that is a Commissioner's office.
pub(super) const THE_OFFICE: &str = "the Commissioner's office";

const NAMESPACE: Uuid = uuid!("0e2b7a44-7a5f-5d0c-8f0e-3a1c5b9d2e61");
const CLERK: Part = Part::Role(Role::Clerk);
const OFFICE: Part = Part::Role(Role::Office);

/// Applies a plan; Ctrl-C stops it between two items.
pub(super) async fn apply(
    session: &mut Session,
    plan: &LetterPlan,
    given_series: Option<&str>,
) -> Result<Exit, Failure> {
    let mut applier = Applier::new(session, plan, given_series).await?;
    let raised: Vec<&PlanItem> = plan.items.iter().filter(|item| item.raise).collect();
    let mut progress = Progress::of(raised.len());
    let mut signals = Signals::listen()?;
    let mut seen = BTreeMap::new();
    for (done, item) in raised.iter().enumerate() {
        progress.at(done);
        let content = serde_json::to_string(item)?;
        // The same item twice in a letter is two actions.
        let nth = seen.entry(content.clone()).or_insert(0_usize);
        *nth += 1;
        let key = format!("{content}#{nth}");
        tokio::select! {
            recorded = applier.item(item, &key) => recorded?,
            () = signals.next() => {
                drop(progress);
                message(&format!("stopped after {done} of {} items; the same command goes on from here", raised.len()));
                return Ok(Exit::Failed);
            }
        }
        event_log::failpoint::hit("mid-import");
    }
    drop(progress);
    let (references, unchanged) = (&applier.references, applier.unchanged);
    message(&format!(
        "{} actions: {}; {unchanged} were on record already",
        references.len(),
        match (references.first(), references.last()) {
            (Some(first), Some(last)) => format!("{first} to {last}"),
            _ => "none".to_owned(),
        }
    ));
    message(&format!(
        "next: matters meeting coverage {}",
        plan.meeting_on
    ));
    Ok(Exit::Done)
}

struct Applier<'a> {
    session: &'a mut Session,
    plan: &'a LetterPlan,
    meeting: String,
    series: String,
    asked_of: String,
    raised_by: String,
    references: Vec<String>,
    unchanged: usize,
}

impl<'a> Applier<'a> {
    async fn new(
        session: &'a mut Session,
        plan: &'a LetterPlan,
        given_series: Option<&str>,
    ) -> Result<Self, Failure> {
        let on = plan.meeting_on;
        let meeting = meeting_entry(session, &on.to_string())
            .await
            .map_err(|failure| {
                failure.and(format!(
                    "add it first: matters meeting add ID --body PANEL --held-on {on}"
                ))
            })?;
        let asked_of = match plan.asked_of.as_str() {
            "" | THE_OFFICE => {
                only(
                    session,
                    None,
                    "--asked-of",
                    v1::BodyKind::CommissionerOffice,
                )
                .await?
            }
            named => party(session, Some(named)).await?,
        };
        Ok(Self {
            series: series(session, given_series, Some(on)).await?,
            session,
            plan,
            raised_by: meeting.body,
            meeting: meeting.id,
            asked_of,
            references: Vec::new(),
            unchanged: 0,
        })
    }

    async fn step<R: WriteCall>(
        &mut self,
        part: &Part,
        step: &str,
        key: &str,
        on: NaiveDate,
        request: R,
    ) -> Result<Written, Failure> {
        let (meeting, answered) = (self.plan.meeting_on, self.plan.answered_on);
        let name = format!("letter/{meeting}/{answered}/{step}/{key}");
        let id = Uuid::new_v5(&NAMESPACE, name.as_bytes());
        self.session.record(part, id, Some(on), request).await
    }

    async fn item(&mut self, item: &PlanItem, key: &str) -> Result<(), Failure> {
        let heard =
            |failure: Failure| failure.and(format!("of the item {:?}", shortened(&item.text())));
        let raised = self.raise(item, key).await.map_err(heard)?;
        if raised.unchanged {
            self.unchanged += 1;
        }
        let reference = raised.reference;
        self.references.push(reference.clone());
        self.triage(item, key, &reference).await.map_err(heard)?;
        self.answer(item, key, &reference).await.map_err(heard)
    }

    async fn raise(&mut self, item: &PlanItem, key: &str) -> Result<Written, Failure> {
        use v1::due_rule::Rule;
        let due = match (item.due_on, &item.no_due_reason) {
            (Some(day), _) => Rule::OnDate(day.to_string()),
            (None, reason) => Rule::NoneAgreed(reason.clone().unwrap_or_default()),
        };
        let parts = match item.parts.len() {
            1 => Vec::new(),
            _ => item.parts.iter().map(|part| part.text.clone()).collect(),
        };
        let request = v1::RaiseActionRequest {
            write: None,
            series: self.series.clone(),
            kept_reference: String::new(),
            kind: kind(item.kind).into(),
            text: item.text(),
            topic: item.topic.clone(),
            theme: String::new(),
            meeting: self.meeting.clone(),
            minute: String::new(),
            asked_of: self.asked_of.clone(),
            raised_by: self.raised_by.clone(),
            parts,
            due: Some(v1::DueRule { rule: Some(due) }),
        };
        let on = self.plan.meeting_on;
        self.step(&CLERK, "raise", key, on, request).await
    }

    async fn triage(&mut self, item: &PlanItem, key: &str, reference: &str) -> Result<(), Failure> {
        let sensitivity = match item.sensitivity {
            PlanSensitivity::None => v1::Sensitivity::None,
            PlanSensitivity::Partial => v1::Sensitivity::Part,
            PlanSensitivity::Full => v1::Sensitivity::Whole,
        };
        let remit = match item.remit {
            PlanRemit::Commissioner => v1::Remit::Commissioner,
            PlanRemit::Operational => v1::Remit::Operational,
            PlanRemit::PartnerBody => v1::Remit::PartnerBody,
            PlanRemit::OutOfRemit => v1::Remit::OutOfRemit,
            PlanRemit::Undecided => {
                if sensitivity != v1::Sensitivity::None {
                    message(&format!(
                        "{reference}: said to be sensitive, but its remit is undecided; triage it"
                    ));
                }
                return Ok(());
            }
        };
        let request = v1::TriageActionRequest {
            write: None,
            reference: reference.to_owned(),
            remit: remit.into(),
            sensitivity: sensitivity.into(),
            note: String::new(),
        };
        let on = self.plan.answered_on;
        self.step(&OFFICE, "triage", key, on, request)
            .await
            .map(drop)
    }

    async fn answer(&mut self, item: &PlanItem, key: &str, reference: &str) -> Result<(), Failure> {
        let coverage: Vec<v1::PartCoverage> = ('a'..='z')
            .zip(&item.parts)
            .filter(|(_, part)| part.coverage != Coverage::Pending)
            .map(|(letter, part)| v1::PartCoverage {
                part: letter.to_string(),
                coverage: covered(part.coverage).into(),
            })
            .collect();
        if item.answer.trim().is_empty() || coverage.is_empty() {
            return Ok(());
        }
        let request = v1::RespondToActionRequest {
            write: None,
            reference: reference.to_owned(),
            kind: v1::ResponseKind::Substantive.into(),
            text: item.answer.clone(),
            coverage,
            citations: citations(item),
            also_answers: Vec::new(),
            expected_on: String::new(),
        };
        let on = self.plan.answered_on;
        let response = self
            .step(&OFFICE, "respond", key, on, request)
            .await?
            .response_id;
        for (at, undertaking) in item.undertakings.iter().enumerate() {
            if !undertaking.raise {
                continue;
            }
            let due =
                v1::due_rule::Rule::NoneAgreed("none agreed: the letter names no date".to_owned());
            let request = v1::RaiseUndertakingRequest {
                write: None,
                reference: reference.to_owned(),
                response_id: response.clone(),
                text: undertaking.text.clone(),
                series: self.series.clone(),
                due: Some(v1::DueRule { rule: Some(due) }),
                asked_of: String::new(),
            };
            let step = format!("undertaking-{at}");
            let child = self.step(&OFFICE, &step, key, on, request).await?;
            self.references.extend(child.children);
        }
        Ok(())
    }
}

/// The papers that are cited, then the links that stand alone.
fn citations(item: &PlanItem) -> Vec<v1::Citation> {
    let papers = item.citations.iter().map(|paper| v1::Citation {
        title: paper.document.clone(),
        paragraph: paper.paragraph.clone().unwrap_or_default(),
        link: String::new(),
        dated: paper.date.map_or_else(String::new, |date| date.to_string()),
    });
    let links = item.links.iter().map(|link| v1::Citation {
        title: "Link in the letter".to_owned(),
        paragraph: String::new(),
        link: link.clone(),
        dated: String::new(),
    });
    papers.chain(links).collect()
}

fn kind(kind: PlanKind) -> v1::Kind {
    match kind {
        PlanKind::Question => v1::Kind::Question,
        PlanKind::Action => v1::Kind::Action,
        PlanKind::Recommendation => v1::Kind::Recommendation,
        PlanKind::InformationRequest => v1::Kind::InformationRequest,
        PlanKind::Undertaking => v1::Kind::Undertaking,
    }
}

fn covered(coverage: Coverage) -> v1::Coverage {
    match coverage {
        Coverage::Answered => v1::Coverage::Answered,
        Coverage::AnsweredInPart => v1::Coverage::AnsweredInPart,
        Coverage::Signposted => v1::Coverage::Signposted,
        Coverage::Withheld => v1::Coverage::Withheld,
        Coverage::NotAddressed => v1::Coverage::NotAddressed,
        Coverage::Pending => v1::Coverage::Pending,
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(60).collect()
}
