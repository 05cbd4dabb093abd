//! The server's own API: what it says of the stream, and reads that go to the stream's leader.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_nats::client::{Request, RequestErrorKind};
use serde_json::{Value, json};

use super::options::JetStreamOptions;
use super::stored::Stored;
use crate::{Incarnation, LogError, Record, Sequence, Subject};

/// Below it two writers can both win, or a kill can lose the stream.
const OLDEST: (i64, i64, i64) = (2, 10, 23);

/// Pause between two attempts at a read.
const PAUSE: Duration = Duration::from_millis(50);

/// How long one request waits for its answer.
const LONGEST_WAIT: Duration = Duration::from_secs(3);

/// The server's code for "there is no such message".
const NO_MESSAGE: u64 = 10_037;
/// The server's code for "there is no such stream".
pub(super) const NO_STREAM: u64 = 10_059;

/// A connection to the servers, and the name of the stream on them.
pub(super) struct Server {
    pub(super) client: async_nats::Client,
    pub(super) context: async_nats::jetstream::Context,
    pub(super) options: JetStreamOptions,
    incarnation: Mutex<Incarnation>,
    /// How far the record is known to reach.
    reach: AtomicU64,
}

/// Why a request had no good answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The server refused, with its code.
    Refused { code: u64, reason: String },
    /// Nobody listens: no stream, or no leader at the moment.
    NoResponders,
    /// No answer in time, or the connection broke: nobody knows whether it was heard.
    Unanswered { reason: String },
    /// The message never left.
    NotSent { reason: String },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused { code, reason } => write!(f, "the server says: {reason} ({code})"),
            Self::NoResponders => f.write_str("the stream has no leader"),
            Self::Unanswered { reason } | Self::NotSent { reason } => f.write_str(reason),
        }
    }
}

/// What the leader says of the stream.
#[derive(Clone, Debug)]
pub(super) struct Info {
    pub(super) created: String,
    pub(super) first: Sequence,
    pub(super) head: Sequence,
    /// How many messages it holds: all up to its head, or its files are damaged.
    pub(super) messages: u64,
    pub(super) config: Value,
}

impl Info {
    fn read(answer: &Value) -> Option<Self> {
        Some(Self {
            created: answer.get("created")?.as_str()?.to_owned(),
            first: answer.pointer("/state/first_seq")?.as_u64()?,
            head: answer.pointer("/state/last_seq")?.as_u64()?,
            messages: answer.pointer("/state/messages")?.as_u64()?,
            config: answer.get("config")?.clone(),
        })
    }

    pub(super) fn incarnation(&self) -> Incarnation {
        Incarnation(self.created.clone())
    }

    /// Refuses a stream of which the server counts messages that it does not hold. Nobody may delete one,
    /// so a server that lost some to a file that ends early, or cannot be read, tells by this: what it
    /// answers to a read is "no such message" for those that are gone, and the last one before them for
    /// the last of a subject, as if nothing had been there.
    ///
    /// # Errors
    /// [`LogError::Corrupt`].
    pub(super) fn whole(&self) -> Result<(), LogError> {
        let Self { head, messages, .. } = self;
        if messages == head {
            return Ok(());
        }
        Err(LogError::Corrupt {
            sequence: None,
            reason: format!(
                "nats-server counts {head} messages in the stream and holds {messages}: files of its store are damaged"
            ),
        })
    }

    /// A new leader may answer before it has applied all that it holds; a single server never does.
    pub(super) fn may_lag(&self) -> bool {
        self.config.get("num_replicas").and_then(Value::as_u64) != Some(1)
    }
}

impl Server {
    pub(super) async fn connect(options: &JetStreamOptions) -> Result<Self, LogError> {
        let client = options.client().await?;
        let (major, minor, patch) = OLDEST;
        if !client.is_server_compatible(major, minor, patch) {
            return Err(LogError::Version {
                what: "nats-server".to_owned(),
                found: client.server_info().version,
                needed: format!("{major}.{minor}.{patch} or later"),
            });
        }
        Ok(Self {
            context: async_nats::jetstream::new(client.clone()),
            client,
            options: options.clone(),
            incarnation: Mutex::new(Incarnation(String::new())),
            reach: AtomicU64::new(0),
        })
    }

    /// What the leader says of the stream, with patience.
    ///
    /// # Errors
    /// [`LogError::Corrupt`] when it lost messages, [`LogError::Unavailable`].
    pub(super) async fn info(&self) -> Result<Info, LogError> {
        let answer = self.ask_patiently("STREAM.INFO", &Value::Null).await?;
        let info = self
            .learnt(&answer)
            .ok_or_else(|| unreadable("STREAM.INFO"))?;
        info.whole()?;
        Ok(info)
    }

    /// What the leader says of the stream, at the first attempt.
    pub(super) async fn info_now(&self) -> Result<Info, Fault> {
        let answer = self.ask("STREAM.INFO", &Value::Null).await?;
        self.learnt(&answer).ok_or_else(|| Fault::Unanswered {
            reason: "the answer to STREAM.INFO cannot be read".to_owned(),
        })
    }

    /// How many connections there were so far.
    pub(super) fn connects(&self) -> u64 {
        self.client.statistics().connects.load(Ordering::Relaxed)
    }

    fn learnt(&self, answer: &Value) -> Option<Info> {
        let info = Info::read(answer)?;
        let mut known = self
            .incarnation
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if known.0 != info.created {
            *known = info.incarnation();
            self.reach.store(info.head, Ordering::Relaxed);
        }
        self.reaches(info.head);
        Some(info)
    }

    /// The server acknowledged, or delivered in its turn, the message at this position.
    pub(super) fn reaches(&self, sequence: Sequence) {
        self.reach.fetch_max(sequence, Ordering::Relaxed);
    }

    /// Refuses a message that stands beyond the end of the stream. A server whose disk failed to sync a
    /// message acknowledges it to nobody and does not count it, and yet shows it as the last of its subject
    /// (2.15 was seen to), until it is started again and reads what its files hold. Whether that message will be on
    /// record is not known before.
    async fn counted(&self, sequence: Sequence) -> Result<(), LogError> {
        let begun = Instant::now();
        while sequence > self.reach.load(Ordering::Relaxed) {
            let info = self.info().await?;
            if sequence <= info.head {
                break;
            }
            if !info.may_lag() || begun.elapsed() > self.options.read_timeout {
                let reason = format!(
                    "nats-server shows message {sequence} and the stream ends at {}: what it could not put on disk; look at its log, and start it again",
                    info.head
                );
                return Err(LogError::Unavailable { reason });
            }
            tokio::time::sleep(PAUSE).await;
        }
        Ok(())
    }

    pub(super) async fn record(&self, sequence: Sequence) -> Result<Option<Record>, LogError> {
        // The server takes 0 for "not given".
        if sequence == 0 {
            return Ok(None);
        }
        self.message(&json!({ "seq": sequence })).await
    }

    pub(super) async fn last_of(&self, subject: &Subject) -> Result<Option<Record>, LogError> {
        self.message(&json!({ "last_by_subj": subject.as_str() }))
            .await
    }

    pub(super) async fn next_of(
        &self,
        subject: &Subject,
        after: Sequence,
    ) -> Result<Option<Record>, LogError> {
        let Some(from) = after.checked_add(1) else {
            return Ok(None);
        };
        self.message(&json!({ "seq": from, "next_by_subj": subject.as_str() }))
            .await
    }

    async fn message(&self, request: &Value) -> Result<Option<Record>, LogError> {
        let answer = match self.ask_patiently("STREAM.MSG.GET", request).await {
            Err(Asked::Refused(NO_MESSAGE)) => return Ok(None),
            answer => answer?,
        };
        let stored = answer.get("message").and_then(Stored::answered);
        let stored = stored.ok_or_else(|| unreadable("STREAM.MSG.GET"))?;
        let record = stored.record(|| self.incarnation());
        self.counted(record.sequence).await?;
        Ok(Some(record))
    }

    /// The incarnation that the leader named last.
    pub(super) fn incarnation(&self) -> Incarnation {
        let known = self.incarnation.lock();
        known.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Asks until there is an answer or a refusal that time does not cure.
    async fn ask_patiently(&self, what: &str, request: &Value) -> Result<Value, Asked> {
        let begun = Instant::now();
        loop {
            let fault = match self.ask(what, request).await {
                Ok(answer) => return Ok(answer),
                Err(Fault::Refused {
                    code: NO_MESSAGE, ..
                }) => {
                    return Err(Asked::Refused(NO_MESSAGE));
                }
                Err(fault) => fault,
            };
            if begun.elapsed() > self.options.read_timeout {
                let reason = format!("{what} of {}: {fault}", self.options.stream);
                return Err(Asked::Gave(LogError::Unavailable { reason }));
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// One request to the JetStream API about the stream.
    pub(super) async fn ask(&self, what: &str, request: &Value) -> Result<Value, Fault> {
        let payload = match request {
            Value::Null => Vec::new(),
            request => request.to_string().into_bytes(),
        };
        let request = Request::new()
            .payload(payload.into())
            .timeout(Some(self.options.read_timeout.min(LONGEST_WAIT)));
        let subject = format!("$JS.API.{what}.{}", self.options.stream);
        self.request(subject, request).await
    }

    /// One request whose answer is JSON, an `error` in it being a refusal.
    pub(super) async fn request(&self, subject: String, request: Request) -> Result<Value, Fault> {
        let message = self
            .client
            .send_request(subject, request)
            .await
            .map_err(|error| {
                let reason = error.to_string();
                match error.kind() {
                    RequestErrorKind::NoResponders => Fault::NoResponders,
                    RequestErrorKind::InvalidSubject | RequestErrorKind::MaxPayloadExceeded => {
                        Fault::NotSent { reason }
                    }
                    RequestErrorKind::TimedOut | RequestErrorKind::Other => {
                        Fault::Unanswered { reason }
                    }
                }
            })?;
        let answer: Value =
            serde_json::from_slice(&message.payload).map_err(|error| Fault::Unanswered {
                reason: format!("the server's answer is not JSON: {error}"),
            })?;
        match answer.get("error") {
            None => Ok(answer),
            Some(error) => Err(Fault::Refused {
                code: error.get("err_code").and_then(Value::as_u64).unwrap_or(0),
                reason: error
                    .get("description")
                    .and_then(Value::as_str)
                    .unwrap_or("no reason given")
                    .to_owned(),
            }),
        }
    }
}

/// Why patience did not help.
enum Asked {
    Refused(u64),
    Gave(LogError),
}

impl From<Asked> for LogError {
    fn from(asked: Asked) -> Self {
        match asked {
            Asked::Gave(error) => error,
            Asked::Refused(code) => Self::Unavailable {
                reason: format!("the server refused ({code})"),
            },
        }
    }
}

fn unreadable(what: &str) -> LogError {
    LogError::Unavailable {
        reason: format!("the answer to {what} cannot be read"),
    }
}
