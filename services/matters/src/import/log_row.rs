//! One row of a clerk's log, recorded: raised under its own reference, and brought to where it stands.

use crate::cli::lookups::only;
use crate::cli::session::Session;
use crate::failure::Failure;
use crate::reach::{Part, WriteCall, Written};
use api::v1;
use chrono::NaiveDate;
use domain::calendar::Quarter;
use domain::policy::Role;
use intake::action_log::{LogDue, LogKind, LogRag, LogRow, LogState};
use uuid::{Uuid, uuid};

const NAMESPACE: Uuid = uuid!("b8d5c0f3-44b1-5b60-9a43-7f1f0d2c6e58");
const CLERK: Part = Part::Role(Role::Clerk);
const OFFICE: Part = Part::Role(Role::Office);

/// Stands for the response of a row that is answered and says no more.
const ANSWERED: &str =
    "Kept from the action log: it says that this was answered, and holds no text of the answer.";
/// Stands for the update of a row that has a rating and says no more.
const RATED: &str = "Kept from the action log: it gives a rating and no words.";

/// Records rows.
pub(super) struct Recorder<'a> {
    session: &'a mut Session,
    register: v1::GetRegisterResponse,
    asked_of: String,
    raised_by: String,
}

impl<'a> Recorder<'a> {
    /// With what rows do not say.
    pub(super) async fn new(
        session: &'a mut Session,
        asked_of: Option<&str>,
        raised_by: Option<&str>,
    ) -> Result<Self, Failure> {
        let owned = |given: Option<&str>| given.map(ToOwned::to_owned);
        let (asked_of, raised_by) = (owned(asked_of), owned(raised_by));
        let office = v1::BodyKind::CommissionerOffice;
        Ok(Self {
            asked_of: only(session, asked_of.as_ref(), "--asked-of", office).await?,
            raised_by: only(
                session,
                raised_by.as_ref(),
                "--raised-by",
                v1::BodyKind::Panel,
            )
            .await?,
            register: session.register().await?,
            session,
        })
    }

    /// Records a row; `false` when all of it was on record.
    pub(super) async fn row(&mut self, row: &LogRow) -> Result<bool, Failure> {
        let raised_on = row
            .raised_on
            .ok_or_else(|| Failure::usage("the row does not say when it was raised"))?;
        let mut changed = !self.raise(row, raised_on).await?.unchanged;
        let latest = row
            .update_on
            .or(row.closed_on)
            .unwrap_or(raised_on)
            .max(raised_on);
        if !row.delegated_to.is_empty() {
            let request = v1::DelegateActionRequest {
                write: None,
                reference: row.reference.clone(),
                to: row.delegated_to.clone(),
                due_on: String::new(),
                note: String::new(),
            };
            changed |= !self
                .step(&OFFICE, "delegate", row, raised_on, request)
                .await?
                .unchanged;
        }
        if row.state == LogState::Answered {
            let request = v1::RespondToActionRequest {
                write: None,
                reference: row.reference.clone(),
                kind: v1::ResponseKind::Substantive.into(),
                text: or_else(&row.update, ANSWERED).to_owned(),
                ..v1::RespondToActionRequest::default()
            };
            changed |= !self
                .step(&OFFICE, "respond", row, latest, request)
                .await?
                .unchanged;
        }
        if row.state == LogState::Open && (row.rag.is_some() || !row.update.is_empty()) {
            changed |= self.progress(row, latest).await?;
        }
        changed |= self.end(row, row.closed_on.unwrap_or(latest)).await?;
        Ok(changed)
    }

    /// The update of an open action, with its delivery confidence where the log says one.
    async fn progress(&mut self, row: &LogRow, on: NaiveDate) -> Result<bool, Failure> {
        let rag = match row.rag {
            Some(LogRag::Green) => v1::Rag::Green,
            Some(LogRag::Amber) => v1::Rag::Amber,
            Some(LogRag::Red) => v1::Rag::Red,
            None => v1::Rag::Unspecified,
        };
        let recovery = match rag {
            v1::Rag::Amber | v1::Rag::Red => "not said in the action log".to_owned(),
            _ => String::new(),
        };
        let period = Quarter::containing(on).map_err(|error| Failure::usage(error.to_string()))?;
        let request = v1::RecordUpdateRequest {
            write: None,
            reference: row.reference.clone(),
            period: period.to_string(),
            progress: Some(v1::Progress {
                rag: rag.into(),
                narrative: or_else(&row.update, RATED).to_owned(),
                recovery,
                ..v1::Progress::default()
            }),
        };
        let written = self.step(&OFFICE, "update", row, on, request).await?;
        Ok(!written.unchanged)
    }

    async fn step<R: WriteCall>(
        &mut self,
        part: &Part,
        step: &str,
        row: &LogRow,
        on: NaiveDate,
        request: R,
    ) -> Result<Written, Failure> {
        // The content belongs to the id: a row that was corrected in the log is another request,
        // which the record then accepts or refuses by its own rules.
        let said = request.encode_to_vec();
        let name = [
            format!("log/{step}/{}/{on}/", row.reference).as_bytes(),
            &said,
        ]
        .concat();
        let id = Uuid::new_v5(&NAMESPACE, &name);
        self.session.record(part, id, Some(on), request).await
    }

    async fn raise(&mut self, row: &LogRow, on: NaiveDate) -> Result<Written, Failure> {
        use v1::due_rule::Rule;
        let due = match &row.due {
            LogDue::On(day) => Rule::OnDate(day.to_string()),
            LogDue::NoneAgreed(reason) => Rule::NoneAgreed(reason.clone()),
        };
        let asked_of = if row.owner.is_empty() {
            &self.asked_of
        } else {
            &row.owner
        };
        let request = v1::RaiseActionRequest {
            write: None,
            series: String::new(),
            kept_reference: row.reference.clone(),
            kind: kind(row.kind).into(),
            text: row.text.clone(),
            topic: row.topic.clone(),
            theme: row.theme.clone(),
            meeting: self.meeting(row, on)?,
            minute: String::new(),
            asked_of: asked_of.clone(),
            raised_by: self.raised_by.clone(),
            parts: Vec::new(),
            due: Some(v1::DueRule { rule: Some(due) }),
        };
        self.step(&CLERK, "raise", row, on, request).await
    }

    /// The meeting of the register that the row means; none when it names none.
    fn meeting(&self, row: &LogRow, on: NaiveDate) -> Result<String, Failure> {
        if row.meeting.is_empty() {
            return Ok(String::new());
        }
        let day = on.to_string();
        let mut there = self.register.meetings.iter().filter(|meeting| {
            meeting.id == row.meeting || (meeting.held_on == day && meeting.body == self.raised_by)
        });
        match (there.next(), there.next()) {
            (Some(meeting), None) => Ok(meeting.id.clone()),
            (None, _) => Err(Failure::usage(format!(
                "the register has no meeting “{}”, and none of the panel on {day}",
                row.meeting
            ))
            .and("add it with matters meeting add, or write its identifier, or empty the cell")),
            (Some(_), Some(_)) => Err(Failure::usage(format!(
                "the register has more than one meeting that “{}” on {day} may mean",
                row.meeting
            ))
            .and("write the identifier of the one that is meant")),
        }
    }

    async fn end(&mut self, row: &LogRow, on: NaiveDate) -> Result<bool, Failure> {
        let reason = match row.update.as_str() {
            "" => "as the action log says".to_owned(),
            update => update.to_owned(),
        };
        let reference = row.reference.clone();
        let written = match row.state {
            LogState::Closed => {
                let request = v1::CloseActionRequest {
                    write: None,
                    reference,
                    outcome: v1::Outcome::Completed.into(),
                    reason,
                    superseded_by: String::new(),
                };
                self.step(&CLERK, "close", row, on, request).await?
            }
            LogState::Withdrawn => {
                let request = v1::WithdrawActionRequest {
                    write: None,
                    reference,
                    reason,
                };
                self.step(&CLERK, "withdraw", row, on, request).await?
            }
            LogState::Open | LogState::Answered => return Ok(false),
        };
        Ok(!written.unchanged)
    }
}

fn or_else<'a>(said: &'a str, otherwise: &'a str) -> &'a str {
    match said.trim() {
        "" => otherwise,
        _ => said,
    }
}

fn kind(kind: LogKind) -> v1::Kind {
    match kind {
        LogKind::Question => v1::Kind::Question,
        LogKind::Action => v1::Kind::Action,
        LogKind::Recommendation => v1::Kind::Recommendation,
        LogKind::InformationRequest => v1::Kind::InformationRequest,
        LogKind::Undertaking => v1::Kind::Undertaking,
    }
}
