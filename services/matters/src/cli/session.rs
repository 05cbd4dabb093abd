//! One command's way to the services: connected when first needed, closed in order.

use super::Global;
use super::arguments::{AsOf, WriteOptions, said};
use crate::chance;
use crate::data_folder;
use crate::failure::Failure;
use crate::output::{Output, json, message};
use crate::reach::{Audit, Command, Part, Place, Query, Reach, WriteCall, Written, within};
use api::request::Call;
use api::v1;
use chrono::NaiveDate;
use domain::policy::{Principal, Role};
use std::path::PathBuf;
use std::time::{Duration, Instant};
use tonic::Code;
use uuid::Uuid;

/// How often a write is sent again while the services do not answer.
const TRIES: u32 = 6;
/// How long after the first a write is still sent again: people wait for it.
const TRIED_WITHIN: Duration = Duration::from_secs(10);
/// How long a write's reader waits for the read side to have it.
const SEEN_WITHIN: Duration = Duration::from_secs(5);

/// What a command works with.
pub(crate) struct Session {
    /// What every command takes.
    pub(crate) global: Global,
    /// How data is printed.
    pub(crate) out: Output,
    reach: Option<Reach>,
    register: Option<v1::GetRegisterResponse>,
}

impl Session {
    /// A session that is not connected yet.
    pub(crate) fn new(global: Global) -> Self {
        Self {
            out: global.output(),
            global,
            reach: None,
            register: None,
        }
    }

    /// The way to what is on record: a question makes no folder.
    async fn asking(&mut self) -> Result<&Reach, Failure> {
        if let Some(folder) = self.unopened()? {
            data_folder::has_not_lost_its_record(&folder)?;
            data_folder::holds_a_record(&folder)?;
        }
        self.reach().await
    }

    /// The data folder that this command works on, as long as nothing was started over it.
    fn unopened(&self) -> Result<Option<PathBuf>, Failure> {
        match (&self.reach, self.global.place()?) {
            (None, Place::Data(folder)) => Ok(Some(folder)),
            _ => Ok(None),
        }
    }

    async fn reach(&mut self) -> Result<&Reach, Failure> {
        let reach = match self.reach.take() {
            Some(reach) => reach,
            None => Reach::open(&self.global.place()?, self.global.tokens()).await?,
        };
        Ok(self.reach.insert(reach))
    }

    /// The first damage to the file of the record, where this command works on a data folder.
    pub(crate) async fn damage(&mut self) -> Result<Option<(u64, String)>, Failure> {
        let Some(folder) = self.unopened()? else {
            return Ok(None);
        };
        data_folder::has_not_lost_its_record(&folder)?;
        data_folder::holds_a_record(&folder)?;
        data_folder::damage(&folder).await
    }

    /// The read side, as whoever is there.
    pub(crate) async fn query(&mut self) -> Result<Query, Failure> {
        self.asking().await?.query(&Part::Anybody)
    }

    /// The read side, in a part.
    pub(crate) async fn query_as(&mut self, part: &Part) -> Result<Query, Failure> {
        self.asking().await?.query(part)
    }

    /// The write side, in a part.
    pub(crate) async fn command(&mut self, part: &Part) -> Result<Command, Failure> {
        self.reach().await?.command(part)
    }

    /// Replays and comparisons, as the auditor.
    pub(crate) async fn audit(&mut self) -> Result<Audit, Failure> {
        self.asking().await?.audit(&Part::Role(Role::Auditor))
    }

    /// The area and the time of a question.
    pub(crate) fn reading(&self, as_of: &AsOf) -> v1::Reading {
        v1::Reading {
            area: self.global.area.clone(),
            as_of: as_of.message(),
            token: String::new(),
        }
    }

    /// The area; as things stand.
    pub(crate) fn now(&self) -> v1::Reading {
        self.reading(&AsOf::default())
    }

    /// Whether it was said where the record is.
    pub(crate) fn has_a_place(&self) -> bool {
        self.global.place().is_ok()
    }

    /// The register, asked for once.
    pub(crate) async fn register(&mut self) -> Result<v1::GetRegisterResponse, Failure> {
        if let Some(register) = &self.register {
            return Ok(register.clone());
        }
        let reading = Some(self.now());
        let mut query = self.query().await?;
        let request = within(v1::GetRegisterRequest { reading });
        let register = query.get_register(request).await?.into_inner();
        Ok(self.register.insert(register).clone())
    }

    /// How far the read side is.
    pub(crate) async fn position(&mut self) -> Result<u64, Failure> {
        let register = self.register().await?;
        Ok(register.freshness.map_or(0, |freshness| freshness.position))
    }

    /// Takes a register that was read elsewhere, out of an export.
    pub(crate) fn knows(&mut self, register: v1::GetRegisterResponse) {
        self.register = Some(register);
    }

    /// Who reads with no server, in a part: nobody checks a token there.
    pub(crate) fn reader(&self, natural: &Part) -> Principal {
        match self.global.part.as_ref().unwrap_or(natural) {
            Part::Anybody => Principal::anybody(&self.global.area),
            part => part.principal(None, &self.global.area),
        }
    }

    /// One action as it stands.
    pub(crate) async fn action(&mut self, reference: &str) -> Result<v1::ActionRow, Failure> {
        let request = v1::GetActionRequest {
            reading: Some(self.now()),
            reference: reference.to_owned(),
        };
        let mut query = self.query().await?;
        let answer = query.get_action(within(request)).await?.into_inner();
        answer
            .action
            .ok_or_else(|| Failure::new(format!("no action {reference} is on record")))
    }

    /// Sends a write and waits until it can be read; `None` when it was only shown.
    pub(crate) async fn write<R: WriteCall>(
        &mut self,
        part: &Part,
        options: &WriteOptions,
        mut request: R,
    ) -> Result<Option<Written>, Failure> {
        let id = options.request_id.unwrap_or_else(chance::new_id);
        let etag = options.etag.clone().unwrap_or_default();
        request.set_write(self.envelope(id, options.on, etag));
        if options.dry_run {
            self.shown(part, &request)?;
            return Ok(None);
        }
        let mut client = self.command(part).await?;
        let written = persistently(&mut client, id, request).await?;
        self.seen(part, id, &written).await;
        Ok(Some(written))
    }

    /// Sends a write under an id of its own, without waiting for the read side: one of many.
    pub(crate) async fn record<R: WriteCall>(
        &mut self,
        part: &Part,
        id: Uuid,
        on: Option<NaiveDate>,
        mut request: R,
    ) -> Result<Written, Failure> {
        request.set_write(self.envelope(id, on, String::new()));
        let mut client = self.command(part).await?;
        persistently(&mut client, id, request).await
    }

    /// Checks the fields of a write as the service does, and sends nothing.
    pub(crate) fn check<R: WriteCall + Call>(
        &self,
        id: Uuid,
        on: Option<NaiveDate>,
        mut request: R,
    ) -> Result<(), Failure> {
        request.set_write(self.envelope(id, on, String::new()));
        match api::request::read(&request) {
            Ok(_) => Ok(()),
            Err(wrong) => Err(api::failure::Failure::from(wrong).into_status(None).into()),
        }
    }

    fn envelope(&self, id: Uuid, on: Option<NaiveDate>, etag: String) -> v1::Write {
        v1::Write {
            request_id: id.to_string(),
            area: self.global.area.clone(),
            on: said(on),
            etag,
        }
    }

    /// Prints what would be sent.
    fn shown<R: WriteCall>(&self, part: &Part, request: &R) -> Result<(), Failure> {
        let part = self.global.part.as_ref().unwrap_or(part);
        let name = R::NAME;
        message(&format!(
            "dry run: nothing is sent; this {name} would be, as {part}"
        ));
        self.out.json(&json::of(name, request)?)
    }

    /// Waits, briefly, until a read shows the write: the next command may come at once.
    async fn seen(&mut self, part: &Part, id: Uuid, written: &Written) {
        let mut reading = self.now();
        reading.token.clone_from(&written.token);
        let Ok(mut query) = self.query_as(part).await else {
            return;
        };
        let mut request = tonic::Request::new(v1::GetRequestRequest {
            reading: Some(reading),
            request_id: id.to_string(),
        });
        request.set_timeout(SEEN_WITHIN);
        if let Err(status) = query.get_request(request).await
            && matches!(
                status.code(),
                Code::DeadlineExceeded | Code::Cancelled | Code::Unavailable
            )
        {
            message("it is recorded; lists may show it a little later");
        }
    }

    /// Ends what was started for this command.
    pub(crate) async fn close(self) -> Result<(), Failure> {
        match self.reach {
            Some(reach) => reach.close().await,
            None => Ok(()),
        }
    }
}

/// Sends a write, again with the same id while nobody answers: it is recorded once however often it is sent.
pub(crate) async fn persistently<R: WriteCall>(
    client: &mut Command,
    id: Uuid,
    request: R,
) -> Result<Written, Failure> {
    let mut wait = Duration::from_millis(100);
    let begun = Instant::now();
    for tried in 1..=TRIES {
        let last = tried == TRIES || begun.elapsed() > TRIED_WITHIN;
        match request.clone().send(client).await {
            Ok(written) => return Ok(written),
            Err(status) if again(&status) && !last => {
                tokio::time::sleep(wait).await;
                wait *= 2;
            }
            Err(status) if again(&status) => {
                return Err(Failure::from(status).and(format!(
                    "to try again: the same command with --request-id {id}"
                )));
            }
            Err(status) => return Err(status.into()),
        }
    }
    Err(Failure::new("the services do not answer"))
}

/// Whether the outcome is unknown, or nothing was written for a reason that may pass.
fn again(status: &tonic::Status) -> bool {
    matches!(
        status.code(),
        Code::Unavailable | Code::DeadlineExceeded | Code::Cancelled
    ) || (status.code() == Code::Unknown && status.message().contains("transport error"))
}
