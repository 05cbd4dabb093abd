//! What a row of a clerk's log amounts to: the requests that bring an action to where the row has it.

use crate::cli::lookups::only;
use crate::cli::session::Session;
use crate::failure::Failure;
use crate::reach::{Part, Written};
use api::v1;
use chrono::NaiveDate;
use domain::calendar::Quarter;
use domain::policy::Role;
use intake::action_log::{LogDue, LogKind, LogRag, LogRow, LogState};
use prost::Message as _;
use uuid::{Uuid, uuid};

const NAMESPACE: Uuid = uuid!("b8d5c0f3-44b1-5b60-9a43-7f1f0d2c6e58");
const CLERK: Part = Part::Role(Role::Clerk);
const OFFICE: Part = Part::Role(Role::Office);

/// Stands for the response of a row that is answered and says no more.
const ANSWERED: &str =
    "Kept from the action log: it says that this was answered, and holds no text of the answer.";
/// Stands for the update of a row that has a rating and says no more.
const RATED: &str = "Kept from the action log: it gives a rating and no words.";

/// One request.
pub(super) struct Step {
    /// Whose part it is.
    pub(super) part: Part,
    /// The day it happened.
    pub(super) on: NaiveDate,
    /// Its request id, which its content gives: a row that was corrected in the log is another
    /// request, which the record then accepts or refuses by its own rules.
    pub(super) id: Uuid,
    ask: Ask,
}

enum Ask {
    Raise(v1::RaiseActionRequest),
    Delegate(v1::DelegateActionRequest),
    Respond(v1::RespondToActionRequest),
    Update(v1::RecordUpdateRequest),
    Close(v1::CloseActionRequest),
    Withdraw(v1::WithdrawActionRequest),
}

/// Does the same with whichever request it is.
macro_rules! with {
    ($ask:expr, $request:ident => $does:expr) => {
        match $ask {
            Ask::Raise($request) => $does,
            Ask::Delegate($request) => $does,
            Ask::Respond($request) => $does,
            Ask::Update($request) => $does,
            Ask::Close($request) => $does,
            Ask::Withdraw($request) => $does,
        }
    };
}

impl Step {
    fn new(name: &str, part: Part, row: &LogRow, on: NaiveDate, ask: Ask) -> Self {
        let said = with!(&ask, request => request.encode_to_vec());
        let head = format!("log/{name}/{}/{on}/", row.reference);
        let id = Uuid::new_v5(&NAMESPACE, &[head.as_bytes(), &said].concat());
        Self { part, on, id, ask }
    }

    /// Sends it.
    pub(super) async fn record(self, session: &mut Session) -> Result<Written, Failure> {
        let (id, on) = (self.id, Some(self.on));
        with!(self.ask, request => session.record(&self.part, id, on, request).await)
    }

    /// Checks its fields as the service does.
    pub(super) fn check(&self, session: &Session) -> Result<(), Failure> {
        with!(&self.ask, request => session.check(self.id, Some(self.on), request.clone()))
    }

    /// Whom it names, with the day on which they must have existed.
    pub(super) fn parties(&self) -> Vec<&str> {
        match &self.ask {
            Ask::Raise(raise) => vec![&raise.asked_of, &raise.raised_by],
            Ask::Delegate(delegate) => vec![&delegate.to],
            _ => Vec::new(),
        }
    }

    /// The day on which what it raises is due.
    pub(super) fn due(&self) -> Option<NaiveDate> {
        let Ask::Raise(raise) = &self.ask else {
            return None;
        };
        match raise.due.as_ref()?.rule.as_ref()? {
            v1::due_rule::Rule::OnDate(day) => day.parse().ok(),
            _ => None,
        }
    }

    /// The meeting at which what it raises was raised.
    pub(super) fn meeting(&self) -> &str {
        match &self.ask {
            Ask::Raise(raise) => &raise.meeting,
            _ => "",
        }
    }
}

/// Makes steps out of rows.
pub(super) struct Steps {
    /// The register, with which names and meetings are found.
    pub(super) register: v1::GetRegisterResponse,
    asked_of: String,
    raised_by: String,
}

impl Steps {
    /// With what rows do not say.
    pub(super) async fn new(
        session: &mut Session,
        asked_of: Option<&str>,
        raised_by: Option<&str>,
    ) -> Result<Self, Failure> {
        let owned = |given: Option<&str>| given.map(ToOwned::to_owned);
        let (asked_of, raised_by) = (owned(asked_of), owned(raised_by));
        let (office, panel) = (v1::BodyKind::CommissionerOffice, v1::BodyKind::Panel);
        Ok(Self {
            asked_of: only(session, asked_of.as_ref(), "--asked-of", office).await?,
            raised_by: only(session, raised_by.as_ref(), "--raised-by", panel).await?,
            register: session.register().await?,
        })
    }

    /// The steps of a row, in their order.
    pub(super) fn of(&self, row: &LogRow) -> Result<Vec<Step>, Failure> {
        let raised_on = row
            .raised_on
            .ok_or_else(|| Failure::usage("the row does not say when it was raised"))?;
        let latest = row
            .update_on
            .or(row.closed_on)
            .unwrap_or(raised_on)
            .max(raised_on);
        let mut steps = Vec::new();
        let mut step = |name, part, on, ask| steps.push(Step::new(name, part, row, on, ask));
        step("raise", CLERK, raised_on, self.raise(row, raised_on)?);
        if !row.delegated_to.is_empty() {
            step("delegate", OFFICE, raised_on, delegate(row));
        }
        if row.state == LogState::Answered {
            step("respond", OFFICE, latest, respond(row));
        }
        if row.state == LogState::Open && (row.rag.is_some() || !row.update.is_empty()) {
            step("update", OFFICE, latest, progress(row, latest)?);
        }
        let ended = row.closed_on.unwrap_or(latest);
        match row.state {
            LogState::Closed => step("close", CLERK, ended, close(row)),
            LogState::Withdrawn => step("withdraw", CLERK, ended, withdraw(row)),
            LogState::Open | LogState::Answered => {}
        }
        Ok(steps)
    }

    fn raise(&self, row: &LogRow, on: NaiveDate) -> Result<Ask, Failure> {
        use v1::due_rule::Rule;
        let due = match &row.due {
            LogDue::On(day) => Rule::OnDate(day.to_string()),
            LogDue::NoneAgreed(reason) => Rule::NoneAgreed(reason.clone()),
        };
        let asked_of = or_else(&row.owner, &self.asked_of).to_owned();
        Ok(Ask::Raise(v1::RaiseActionRequest {
            write: None,
            series: String::new(),
            kept_reference: row.reference.clone(),
            kind: kind(row.kind).into(),
            text: row.text.clone(),
            topic: row.topic.clone(),
            theme: row.theme.clone(),
            meeting: self.meeting(row, on)?,
            minute: String::new(),
            asked_of,
            raised_by: self.raised_by.clone(),
            parts: Vec::new(),
            due: Some(v1::DueRule { rule: Some(due) }),
        }))
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
}

fn delegate(row: &LogRow) -> Ask {
    Ask::Delegate(v1::DelegateActionRequest {
        write: None,
        reference: row.reference.clone(),
        to: row.delegated_to.clone(),
        due_on: String::new(),
        note: String::new(),
    })
}

fn respond(row: &LogRow) -> Ask {
    Ask::Respond(v1::RespondToActionRequest {
        write: None,
        reference: row.reference.clone(),
        kind: v1::ResponseKind::Substantive.into(),
        text: or_else(&row.update, ANSWERED).to_owned(),
        ..v1::RespondToActionRequest::default()
    })
}

/// The update of an open action, with its delivery confidence where the log says one.
fn progress(row: &LogRow, on: NaiveDate) -> Result<Ask, Failure> {
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
    Ok(Ask::Update(v1::RecordUpdateRequest {
        write: None,
        reference: row.reference.clone(),
        period: period.to_string(),
        progress: Some(v1::Progress {
            rag: rag.into(),
            narrative: or_else(&row.update, RATED).to_owned(),
            recovery,
            ..v1::Progress::default()
        }),
    }))
}

fn close(row: &LogRow) -> Ask {
    Ask::Close(v1::CloseActionRequest {
        write: None,
        reference: row.reference.clone(),
        outcome: v1::Outcome::Completed.into(),
        reason: reason(row),
        superseded_by: String::new(),
    })
}

fn withdraw(row: &LogRow) -> Ask {
    Ask::Withdraw(v1::WithdrawActionRequest {
        write: None,
        reference: row.reference.clone(),
        reason: reason(row),
    })
}

fn reason(row: &LogRow) -> String {
    match row.update.as_str() {
        "" => "as the action log says".to_owned(),
        update => update.to_owned(),
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
