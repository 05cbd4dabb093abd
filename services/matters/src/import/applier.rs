//! Raises and answers the items of a plan, one after the other. What a plan asks for is known by the
//! plan's id, the item's id and the step: an edited item is another content under the same id, which
//! the record refuses and the applier reports.

use super::apply::THE_OFFICE;
use crate::cli::lookups::{meeting_entry, only, party, series};
use crate::cli::session::Session;
use crate::failure::{Exit, Failure};
use crate::output::message;
use crate::reach::{Part, WriteCall, Written, within};
use api::v1;
use chrono::NaiveDate;
use domain::policy::Role;
use intake::letter::Coverage;
use intake::plan::{LetterPlan, PlanItem, PlanKind, PlanRemit, PlanSensitivity};
use serde::Serialize;
use uuid::{Uuid, uuid};

const NAMESPACE: Uuid = uuid!("0e2b7a44-7a5f-5d0c-8f0e-3a1c5b9d2e61");
const CLERK: Part = Part::Role(Role::Clerk);
const OFFICE: Part = Part::Role(Role::Office);

/// A step that is on record already, and that the plan now says otherwise.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Differs {
    /// The item's id in the plan.
    pub(super) item: String,
    /// The action's reference.
    pub(super) reference: String,
    /// What is on record.
    pub(super) reason: String,
    /// What would be right.
    pub(super) right: String,
}

/// What became of a step.
enum Step {
    /// It is on record as the plan says it, now or from before.
    Recorded(Box<Written>),
    /// The record has it with other content, at this position.
    Otherwise(u64),
}

/// Raises and answers items.
pub(super) struct Applier<'a> {
    session: &'a mut Session,
    plan: &'a LetterPlan,
    meeting: String,
    series: String,
    asked_of: String,
    raised_by: String,
    /// The references of what is raised.
    pub(super) references: Vec<String>,
    /// How many of them were raised before.
    pub(super) unchanged: usize,
    /// How many steps were recorded now: actions raised, triaged, answered.
    pub(super) recorded: usize,
    /// What the record has otherwise.
    pub(super) differs: Vec<Differs>,
}

impl<'a> Applier<'a> {
    /// For a plan, with what the register has of its meeting.
    pub(super) async fn new(
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
            recorded: 0,
            differs: Vec::new(),
        })
    }

    async fn step<R: WriteCall>(
        &mut self,
        part: &Part,
        step: &str,
        item: &PlanItem,
        on: NaiveDate,
        request: R,
    ) -> Result<Step, Failure> {
        let name = format!("letter/{}/{}/{step}", self.plan.id, item.id);
        let id = Uuid::new_v5(&NAMESPACE, name.as_bytes());
        match self.session.record(part, id, Some(on), request).await {
            Ok(written) => {
                self.recorded += usize::from(!written.unchanged);
                Ok(Step::Recorded(Box::new(written)))
            }
            Err(failure) if failure.exit == Exit::Conflict => {
                let reading = Some(self.session.now());
                let request_id = id.to_string();
                let mut query = self.session.query_as(part).await?;
                let asked = within(v1::GetRequestRequest {
                    reading,
                    request_id,
                });
                let earlier = query.get_request(asked).await?.into_inner();
                match earlier.found {
                    true => Ok(Step::Otherwise(earlier.position)),
                    false => Err(failure),
                }
            }
            Err(failure) => Err(failure),
        }
    }

    /// The action that a message of the log is about.
    async fn reference_at(&mut self, position: u64) -> Result<String, Failure> {
        let mut reading = self.session.now();
        reading.as_of = Some(v1::AsOf {
            known_position: position,
            ..v1::AsOf::default()
        });
        let since = v1::list_changes_request::Since::Position(position.saturating_sub(1));
        let request = v1::ListChangesRequest {
            reading: Some(reading),
            since: Some(since),
            page_size: 1,
            ..v1::ListChangesRequest::default()
        };
        let mut query = self.session.query_as(&CLERK).await?;
        let changes = query.list_changes(within(request)).await?.into_inner();
        let change = changes.changes.into_iter().next();
        change
            .map(|change| change.reference)
            .ok_or_else(|| Failure::new(format!("position {position} of the log shows no action")))
    }

    fn report(&mut self, item: &PlanItem, reference: &str, what: &str, right: String) {
        self.differs.push(Differs {
            item: item.id.clone(),
            reference: reference.to_owned(),
            reason: format!("{what} is on record with other content"),
            right,
        });
    }

    /// Brings an item to where the plan says.
    pub(super) async fn item(&mut self, item: &PlanItem) -> Result<(), Failure> {
        let heard = |failure: Failure| {
            let text = shortened(&item.text());
            failure.and(format!("of item {}, {text:?}", item.id))
        };
        let reference = self.raised(item).await.map_err(heard)?;
        self.references.push(reference.clone());
        self.triage(item, &reference).await.map_err(heard)?;
        self.answer(item, &reference).await.map_err(heard)
    }

    /// The reference of the item, raised now or before.
    async fn raised(&mut self, item: &PlanItem) -> Result<String, Failure> {
        match self.raise(item).await? {
            Step::Recorded(written) => {
                self.unchanged += usize::from(written.unchanged);
                Ok(written.reference)
            }
            Step::Otherwise(position) => {
                self.unchanged += 1;
                let reference = self.reference_at(position).await?;
                let right = format!(
                    "correct it with matters action ..., such as matters action move-due {reference}; \
                     or matters action withdraw {reference}, and give the item an id of its own to raise it anew"
                );
                self.report(item, &reference, "the action", right);
                Ok(reference)
            }
        }
    }

    async fn raise(&mut self, item: &PlanItem) -> Result<Step, Failure> {
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
        self.step(&CLERK, "raise", item, on, request).await
    }

    async fn triage(&mut self, item: &PlanItem, reference: &str) -> Result<(), Failure> {
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
        if let Step::Otherwise(_) = self.step(&OFFICE, "triage", item, on, request).await? {
            let right = format!("triage it again: matters action triage {reference}");
            self.report(item, reference, "its triage", right);
        }
        Ok(())
    }

    async fn answer(&mut self, item: &PlanItem, reference: &str) -> Result<(), Failure> {
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
        let response = match self.step(&OFFICE, "respond", item, on, request).await? {
            Step::Recorded(written) => written.response_id,
            Step::Otherwise(_) => {
                let right = format!("correct it with matters action correct {reference}");
                self.report(item, reference, "its answer", right);
                self.response(reference).await?
            }
        };
        self.undertakings(item, reference, &response).await
    }

    /// The id of the response that the letter gave.
    async fn response(&mut self, reference: &str) -> Result<String, Failure> {
        let responses = self.session.action(reference).await?.responses;
        let on = self.plan.answered_on.to_string();
        let of_the_letter = responses.iter().find(|response| response.on == on);
        of_the_letter
            .or(responses.last())
            .map(|response| response.id.clone())
            .ok_or_else(|| Failure::new(format!("{reference} shows no response")))
    }

    async fn undertakings(
        &mut self,
        item: &PlanItem,
        reference: &str,
        response: &str,
    ) -> Result<(), Failure> {
        let on = self.plan.answered_on;
        for undertaking in item.undertakings.iter().filter(|promise| promise.raise) {
            let due =
                v1::due_rule::Rule::NoneAgreed("none agreed: the letter names no date".to_owned());
            let request = v1::RaiseUndertakingRequest {
                write: None,
                reference: reference.to_owned(),
                response_id: response.to_owned(),
                text: undertaking.text.clone(),
                series: self.series.clone(),
                due: Some(v1::DueRule { rule: Some(due) }),
                asked_of: String::new(),
            };
            let step = format!("undertaking/{}", undertaking.id);
            match self.step(&OFFICE, &step, item, on, request).await? {
                Step::Recorded(child) => {
                    self.unchanged += usize::from(child.unchanged);
                    self.references.extend(child.children);
                }
                Step::Otherwise(_) => {
                    let what = format!("undertaking {}", undertaking.id);
                    let right = format!(
                        "look at its children: matters action show {reference}; \
                         an undertaking with an id of its own is raised anew"
                    );
                    self.report(item, reference, &what, right);
                }
            }
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
