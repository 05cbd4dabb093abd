//! Everybody who asks: the areas, the tokens of their people, and where their actions stand.

use crate::chance::Chance;
use crate::day::{AREAS, Ask, GROUPS};
use crate::outcome::Outcome;
use crate::request as ask_for;
use anyhow::{Context as _, Result, bail};
use api::v1;
use api::v1::command_service_client::CommandServiceClient;
use api::v1::query_service_client::QueryServiceClient;
use chrono::{DateTime, TimeDelta, Utc};
use domain::policy::{Principal, Role};
use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use identity::Issuer;
use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status};

/// Connections to the server; more do not help on two cores.
const CHANNELS: usize = 8;

/// Actions of each area that stand at each stage before anybody asks.
const AT_EACH_STAGE: usize = 8;

/// Actions of an area that are asked about: the youngest.
const KNOWN: usize = 400;

/// How many actions a meeting raises, and how many meetings there are: what is asked in a day may come a
/// hundred times in a minute, and no meeting has a thousand questions.
const OF_A_MEETING: usize = 20;
const MEETINGS: usize = 64;

/// How long a token counts.
const VALID: TimeDelta = TimeDelta::hours(12);

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Part {
    Public,
    Clerk,
    Office,
    Group(usize),
}

/// How far an action has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Stage {
    Raised,
    Triaged,
    Delegated,
    Accepted,
    Responded,
}

/// An action, and the group that it is given to.
type Held = (String, usize);

/// One force area.
struct Area {
    name: String,
    channel: Channel,
    tokens: HashMap<Part, MetadataValue<Ascii>>,
    standing: Mutex<HashMap<Stage, Vec<Held>>>,
    /// Actions that were raised, each with the token of that write: whoever knows of one is shown it.
    known: Mutex<Vec<(String, String)>>,
    returns: AtomicUsize,
    raised: AtomicUsize,
}

/// All of them.
pub(crate) struct Office {
    areas: Vec<Area>,
}

macro_rules! written {
    ($area:ident, $part:expr, $call:ident, $message:expr) => {{
        let mut client = CommandServiceClient::new($area.channel.clone());
        let answer = client.$call($area.request($part, $message)).await;
        answer.map(|answer| answer.into_inner().written.unwrap_or_default())
    }};
}

macro_rules! read {
    ($area:ident, $part:expr, $call:ident, $message:expr) => {{
        let mut client = QueryServiceClient::new($area.channel.clone());
        client.$call($area.request($part, $message)).await.map(drop)
    }};
}

impl Office {
    /// Everybody signed in at a server whose keys are in `identity`.
    pub(crate) async fn open(url: &str, identity: &Path, now: DateTime<Utc>) -> Result<Self> {
        let issuer = Issuer::open_or_create(identity)?;
        let mut channels = Vec::new();
        for _ in 0..CHANNELS {
            channels.push(Endpoint::from_shared(url.to_owned())?.connect().await?);
        }
        let areas = (0..AREAS).map(|number| {
            let name = format!("area-{number:02}");
            Ok(Area {
                tokens: tokens(&issuer, &name, now)?,
                channel: channels[number % CHANNELS].clone(),
                standing: Mutex::default(),
                known: Mutex::default(),
                returns: AtomicUsize::new(0),
                raised: AtomicUsize::new(0),
                name,
            })
        });
        Ok(Self {
            areas: areas.collect::<Result<_>>()?,
        })
    }

    /// Puts into the record what a day begins with: registers, and actions at every stage.
    pub(crate) async fn prepare(&self, seed: u64) -> Result<()> {
        let mut all: FuturesUnordered<_> = self
            .areas
            .iter()
            .enumerate()
            .map(|(number, area)| area.prepare(seed ^ number as u64))
            .collect();
        while let Some(prepared) = all.next().await {
            prepared?;
        }
        Ok(())
    }

    /// Asks for something in some area; what it was in the end, since a step for which no action stands
    /// ready becomes the raising of one.
    pub(crate) async fn ask(&self, ask: Ask, seed: u64) -> (Ask, Outcome) {
        let mut chance = Chance::of(seed);
        let area = &self.areas[chance.below(self.areas.len())];
        area.ask(ask, &mut chance).await
    }

    /// Live streams, as many in each area; each ends with the reason why it ended.
    pub(crate) async fn watch(
        &self,
        each: usize,
    ) -> Result<Vec<tonic::Streaming<v1::WatchActionsResponse>>> {
        let mut streams = Vec::new();
        for area in &self.areas {
            for at in 0..each {
                let part = if at % 2 == 0 {
                    Part::Public
                } else {
                    Part::Office
                };
                let mut client = QueryServiceClient::new(area.channel.clone());
                let asked = ask_for::watch(&area.name);
                streams.push(
                    client
                        .watch_actions(area.request(part, asked))
                        .await?
                        .into_inner(),
                );
            }
        }
        Ok(streams)
    }
}

fn tokens(
    issuer: &Issuer,
    area: &str,
    now: DateTime<Utc>,
) -> Result<HashMap<Part, MetadataValue<Ascii>>> {
    let groups = (0..GROUPS).map(Part::Group);
    let parts = [Part::Clerk, Part::Office].into_iter().chain(groups);
    let token = |part: Part| {
        let (role, group) = match part {
            Part::Group(number) => (Role::Group, Some(ask_for::group(number))),
            Part::Office => (Role::Office, None),
            Part::Clerk | Part::Public => (Role::Clerk, None),
        };
        let principal = Principal {
            subject: format!("{part:?}"),
            name: format!("{part:?} of {area}"),
            role,
            group,
            area: area.to_owned(),
        };
        // The id of a token only names it; it is drawn from who it is for.
        let id = uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_OID, principal.name.as_bytes());
        let token = issuer.issue(&principal, VALID, now, id)?;
        Ok((part, format!("Bearer {token}").parse()?))
    };
    parts.map(token).collect()
}

impl Area {
    fn request<T>(&self, part: Part, message: T) -> Request<T> {
        let mut request = Request::new(message);
        if let Some(token) = self.tokens.get(&part) {
            let metadata = request.metadata_mut();
            metadata.insert("authorization", token.clone());
        }
        request
    }

    async fn prepare(&self, seed: u64) -> Result<()> {
        let mut chance = Chance::of(seed);
        let area = self;
        for body in ask_for::bodies(&self.name, &mut chance) {
            written!(area, Part::Clerk, register_body, body)?;
        }
        for group in ask_for::groups(&self.name, &mut chance) {
            written!(area, Part::Clerk, register_group, group)?;
        }
        let series = ask_for::series(&self.name, &mut chance);
        written!(area, Part::Clerk, open_series, series)?;
        for meeting in ask_for::meetings(&self.name, MEETINGS, &mut chance) {
            written!(area, Part::Clerk, arrange_meeting, meeting)?;
        }
        let steps = [Ask::Triage, Ask::Delegate, Ask::Accept, Ask::Respond];
        // Each round leaves as many behind as stand at its stage in the end.
        for far in (0..=steps.len()).rev() {
            for _ in 0..AT_EACH_STAGE {
                self.must(Ask::Raise, &mut chance).await?;
                for step in &steps[..far] {
                    self.must(*step, &mut chance).await?;
                }
            }
        }
        Ok(())
    }

    async fn must(&self, ask: Ask, chance: &mut Chance) -> Result<()> {
        match self.ask(ask, chance).await {
            (_, Outcome::Answered) => Ok(()),
            (ask, outcome) => bail!("{} in {}: {outcome:?}", ask.what(), self.name),
        }
    }

    async fn ask(&self, ask: Ask, chance: &mut Chance) -> (Ask, Outcome) {
        let outcome = match ask {
            Ask::Triage => {
                self.step(ask, Stage::Raised, Some(Stage::Triaged), chance)
                    .await
            }
            Ask::Delegate => {
                self.step(ask, Stage::Triaged, Some(Stage::Delegated), chance)
                    .await
            }
            Ask::Accept => {
                self.step(ask, Stage::Delegated, Some(Stage::Accepted), chance)
                    .await
            }
            Ask::Respond => {
                self.step(ask, Stage::Accepted, Some(Stage::Responded), chance)
                    .await
            }
            Ask::Close => self.step(ask, Stage::Responded, None, chance).await,
            Ask::Update | Ask::MoveDue => {
                self.step(ask, Stage::Accepted, Some(Stage::Accepted), chance)
                    .await
            }
            Ask::Raise => None,
            Ask::Draft | Ask::Submit => Some(self.sends_return(ask, chance).await),
            read => Some(Outcome::of(&self.reads(read, chance).await)),
        };
        match outcome {
            Some(outcome) => (ask, outcome),
            None => (Ask::Raise, self.raise(chance).await),
        }
    }

    async fn raise(&self, chance: &mut Chance) -> Outcome {
        let area = self;
        let raised = self.raised.fetch_add(1, Ordering::Relaxed);
        let asked = ask_for::raise(&self.name, meeting_of(raised), chance);
        let written = written!(area, Part::Clerk, raise_action, asked);
        if let Ok(written) = &written {
            let mut known = locked(&self.known);
            if known.len() >= KNOWN {
                known.remove(0);
            }
            known.push((written.reference.clone(), written.token.clone()));
            let held = (written.reference.clone(), chance.below(GROUPS));
            locked(&self.standing)
                .entry(Stage::Raised)
                .or_default()
                .push(held);
        }
        Outcome::of(&written)
    }

    /// A step of an action that stands where the step begins; `None` when none does.
    async fn step(
        &self,
        ask: Ask,
        from: Stage,
        to: Option<Stage>,
        chance: &mut Chance,
    ) -> Option<Outcome> {
        // Nobody else takes a step of it meanwhile.
        let held = {
            let mut standing = locked(&self.standing);
            let there = standing.get_mut(&from).filter(|there| !there.is_empty())?;
            there.swap_remove(chance.below(there.len()))
        };
        let written = self.steps(ask, &held, chance).await;
        let stands = if written.is_ok() { to } else { Some(from) };
        if let Some(stage) = stands {
            locked(&self.standing).entry(stage).or_default().push(held);
        }
        Some(Outcome::of(&written))
    }

    async fn steps(
        &self,
        ask: Ask,
        held: &Held,
        chance: &mut Chance,
    ) -> Result<v1::Written, Status> {
        let area = self;
        let ((reference, group), name) = (held, &self.name);
        match ask {
            Ask::Triage => written!(
                area,
                Part::Office,
                triage_action,
                ask_for::triage(name, reference, chance)
            ),
            Ask::Delegate => written!(
                area,
                Part::Office,
                delegate_action,
                ask_for::delegate(name, reference, *group, chance)
            ),
            Ask::Accept => written!(
                area,
                Part::Group(*group),
                accept_delegation,
                ask_for::accept(name, reference, chance)
            ),
            Ask::Update => written!(
                area,
                Part::Group(*group),
                record_update,
                ask_for::update(name, reference, chance)
            ),
            Ask::Respond => written!(
                area,
                Part::Office,
                respond_to_action,
                ask_for::respond(name, reference, chance)
            ),
            Ask::MoveDue => written!(
                area,
                Part::Clerk,
                move_due_date,
                ask_for::move_due(name, reference, chance)
            ),
            _ => written!(
                area,
                Part::Clerk,
                close_action,
                ask_for::close(name, reference, chance)
            ),
        }
    }

    async fn sends_return(&self, ask: Ask, chance: &mut Chance) -> Outcome {
        let area = self;
        let group = chance.below(GROUPS);
        let written = if ask == Ask::Draft {
            let asked = ask_for::draft(&self.name, group, chance);
            written!(area, Part::Group(group), save_return_draft, asked)
        } else {
            // Each return is sent once: groups in turn, then the next quarter.
            let number = self.returns.fetch_add(1, Ordering::Relaxed);
            let group = number % GROUPS;
            let asked = ask_for::submit(&self.name, number / GROUPS, group, chance);
            written!(area, Part::Group(group), submit_return, asked)
        };
        Outcome::of(&written)
    }

    async fn reads(&self, ask: Ask, chance: &mut Chance) -> Result<(), Status> {
        let area = self;
        let (part, name) = (
            *READERS
                .get(chance.below(READERS.len()))
                .unwrap_or(&Part::Public),
            &self.name,
        );
        match ask {
            Ask::ListOpen => read!(area, part, list_actions, ask_for::list_open(name)),
            Ask::Count => read!(area, part, count_actions, ask_for::count(name)),
            Ask::Matrix => read!(area, part, get_returns_matrix, ask_for::matrix(name)),
            Ask::Coverage => {
                let latest = meeting_of(area.raised.load(Ordering::Relaxed));
                let asked = ask_for::coverage(name, latest);
                read!(area, part, get_meeting_coverage, asked)
            }
            Ask::Search => read!(area, part, list_actions, ask_for::search(name)),
            Ask::Changes => read!(area, part, list_changes, ask_for::changes(name)),
            Ask::AsOf => read!(area, part, list_actions, ask_for::as_of(name)),
            Ask::Register => read!(area, part, get_register, ask_for::register(name)),
            _ => {
                let raised = {
                    let known = locked(&self.known);
                    known.get(chance.below(known.len())).cloned()
                };
                let (reference, token) =
                    raised.ok_or_else(|| Status::internal("no action was raised"))?;
                read!(
                    area,
                    part,
                    get_action,
                    ask_for::show(name, reference, token)
                )
            }
        }
    }
}

/// The meeting that raised so many actions before.
fn meeting_of(raised: usize) -> usize {
    raised / OF_A_MEETING % MEETINGS
}

/// Who reads: mostly people who have not signed in.
const READERS: [Part; 6] = [
    Part::Public,
    Part::Public,
    Part::Public,
    Part::Clerk,
    Part::Office,
    Part::Group(0),
];

fn locked<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The keys of a server's data folder.
pub(crate) fn keys(data: &Path) -> Result<std::path::PathBuf> {
    let keys = data.join("identity");
    keys.is_dir()
        .then_some(keys)
        .context("the server made no keys")
}
