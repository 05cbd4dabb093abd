//! One row of a clerk's log, held against the record without writing to it: what the record would
//! refuse, as far as questions can tell.

use super::log_steps::{Step, Steps};
use crate::chance;
use crate::cli::lookups::same_name;
use crate::cli::session::Session;
use crate::failure::Failure;
use crate::reach::{Part, within};
use api::v1;
use chrono::NaiveDate;
use domain::action::Rejection;
use domain::calendar::london::civil_date;
use domain::policy::Role;
use domain::reference::Reference;
use intake::action_log::LogRow;
use std::collections::HashMap;
use tonic::Code;
use uuid::Uuid;

const CLERK: Part = Part::Role(Role::Clerk);

/// Checks rows.
pub(super) struct Checker<'a> {
    session: &'a mut Session,
    steps: Steps,
    today: NaiveDate,
    /// The references of the rows so far, with the row and what it raises.
    taken: HashMap<String, (u32, Uuid)>,
}

impl<'a> Checker<'a> {
    /// With what rows do not say.
    pub(super) async fn new(
        session: &'a mut Session,
        asked_of: Option<&str>,
        raised_by: Option<&str>,
    ) -> Result<Self, Failure> {
        let steps = Steps::new(session, asked_of, raised_by).await?;
        Ok(Self {
            session,
            steps,
            today: civil_date(chance::now()),
            taken: HashMap::new(),
        })
    }

    /// What would become of a row; `false` when all of it is on record.
    pub(super) async fn row(&mut self, row: &LogRow) -> Result<bool, Failure> {
        let steps = self.steps.of(row)?;
        for step in &steps {
            step.check(self.session)?;
        }
        let mut there = 0;
        for step in &steps {
            there += usize::from(self.is_on_record(step.id).await?);
        }
        if there == steps.len() {
            return Ok(false);
        }
        if let Some(raise) = steps.first()
            && there == 0
        {
            self.is_free(row, raise).await?;
        }
        let mut before = None;
        for step in &steps {
            self.may_happen(row, step, before)?;
            before = Some(step.on);
            for name in step.parties() {
                self.was_there(name, step.on).await?;
            }
        }
        Ok(true)
    }

    async fn is_on_record(&mut self, id: Uuid) -> Result<bool, Failure> {
        let request = v1::GetRequestRequest {
            reading: Some(self.session.now()),
            request_id: id.to_string(),
        };
        let mut query = self.session.query_as(&CLERK).await?;
        Ok(query.get_request(within(request)).await?.into_inner().found)
    }

    /// Whether the row's reference stands for no other action, on record or in an earlier row.
    async fn is_free(&mut self, row: &LogRow, raise: &Step) -> Result<(), Failure> {
        let earlier = self
            .taken
            .entry(row.reference.clone())
            .or_insert((row.number, raise.id));
        if earlier.1 != raise.id {
            return Err(Failure::new(format!(
                "{} is the reference of row {} too, which says something else",
                row.reference, earlier.0
            )));
        }
        let request = v1::GetActionRequest {
            reading: Some(self.session.now()),
            reference: row.reference.clone(),
        };
        let mut query = self.session.query_as(&CLERK).await?;
        match query.get_action(within(request)).await {
            Ok(found) => {
                let raised_on = found.into_inner().action.unwrap_or_default().raised_on;
                Err(Failure::new(format!(
                    "{} is taken by another action, raised on {raised_on}",
                    row.reference
                )))
            }
            Err(status) if status.code() == Code::NotFound => Ok(()),
            Err(status) => Err(status.into()),
        }
    }

    /// Whether the days are in order, and everybody was there on theirs.
    fn may_happen(
        &self,
        row: &LogRow,
        step: &Step,
        before: Option<NaiveDate>,
    ) -> Result<(), Failure> {
        let (on, today) = (step.on, self.today);
        let refused = |rejection: Rejection| Err(Failure::new(rejection.to_string()));
        if on > today {
            return refused(Rejection::InFuture { on, today });
        }
        if let Some(due) = step.due().filter(|due| *due < on) {
            return refused(Rejection::DueInPast { due, on });
        }
        if let (Some(since), Ok(reference)) = (before, Reference::new(&row.reference))
            && on < since
        {
            return refused(Rejection::BeforeRaised {
                reference,
                on,
                raised_on: since,
            });
        }
        let held_on = |meeting: &&v1::MeetingEntry| meeting.id == step.meeting();
        if let Some(meeting) = self.steps.register.meetings.iter().find(held_on)
            && on.to_string() < meeting.held_on
        {
            return Err(Failure::new(format!(
                "{on} is before the meeting {}, held on {}",
                meeting.id, meeting.held_on
            )));
        }
        Ok(())
    }

    /// Whether the register has somebody of that identifier, name or alias, on that day.
    async fn was_there(&mut self, name: &str, on: NaiveDate) -> Result<(), Failure> {
        let mut times = times(&self.steps.register, name);
        if times.is_empty() {
            // A name that was theirs then, and is not now.
            let mut reading = self.session.now();
            reading.as_of = Some(v1::AsOf {
                true_on: on.to_string(),
                ..v1::AsOf::default()
            });
            let request = within(v1::GetRegisterRequest {
                reading: Some(reading),
            });
            let mut query = self.session.query_as(&CLERK).await?;
            times = self::times(&query.get_register(request).await?.into_inner(), name);
        }
        let name = name.to_owned();
        let day = on.to_string();
        let there =
            |(from, until): &(String, String)| *from <= day && (until.is_empty() || day <= *until);
        let refused = match times.iter().any(there) {
            true => return Ok(()),
            false if times.is_empty() => Rejection::UnknownParty { name },
            false => Rejection::PartyNotActive { name, on },
        };
        Err(Failure::new(refused.to_string()))
    }
}

/// From when until when those existed who are called so; empty where there is no limit.
fn times(register: &v1::GetRegisterResponse, name: &str) -> Vec<(String, String)> {
    let same = |text: &String| same_name(text, name);
    let groups = register
        .groups
        .iter()
        .filter(|group| group.id == name || same(&group.name) || group.aliases.iter().any(same));
    let bodies = register
        .bodies
        .iter()
        .filter(|body| body.id == name || same(&body.name));
    groups
        .map(|group| (group.from.clone(), group.until.clone()))
        .chain(bodies.map(|body| (String::new(), body.until.clone())))
        .collect()
}
