//! An append that never lies.
//!
//! The server's refusals do not prove that a message was not written: an exact retry answers
//! "duplicate" or "wrong last sequence" by version and number of replicas, a conflict in a cluster
//! mostly says "in flight" (10164), and a message without an answer may be stored later, since the
//! client sends its buffer again when it reconnects. So after anything but a plain yes the subject is
//! read at the leader, and a retry keeps its id and its expectation: whatever was sent before is then
//! harmless.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::ids::{self, Ids};
use super::publish::{Published, Publisher};
use super::server::{Fault, NO_STREAM, Server};
use super::silence::Silence;
use crate::{Append, AppendError, Appended, ConflictCode, LogError, Sequence, failpoint};

/// The same message is in flight at the server.
const ID_IN_FLIGHT: u64 = 10_158;
/// The subject's last sequence is another one.
const WRONG_LAST_SEQUENCE: u64 = 10_071;
/// Another message of the subject is in flight, or the last sequence is another one.
const WRONG_LAST_SEQUENCE_IN_FLIGHT: u64 = 10_164;

/// Refusals before anything is stored for want of room or rights: account, memory or file storage
/// exceeded, insufficient resources, message too large, stream limits, stream sealed.
const NO_ROOM: [u64; 7] = [10_002, 10_023, 10_028, 10_047, 10_053, 10_054, 10_109];

/// Bounds of the pause between two attempts.
const PAUSES: (Duration, Duration) = (Duration::from_millis(2), Duration::from_millis(500));

/// Attempts after which what was in flight is no longer.
const SOON: u32 = 4;

/// What the attempts so far have taught.
struct Attempts<'a> {
    server: &'a Server,
    publisher: &'a Publisher,
    ids: &'a Ids,
    silence: &'a Silence,
    append: &'a Append,
    begun: Instant,
    made: u32,
    /// An attempt got no answer: its message may be in the log now or later.
    unanswered: bool,
    /// A question was answered after the last attempt that was not.
    deaf_only_to_messages: bool,
}

/// What one attempt came to.
enum Outcome {
    Answer(Result<Appended, AppendError>),
    Retry { reason: String },
}

pub(super) async fn run(
    server: &Server,
    publisher: &Publisher,
    ids: &Ids,
    silence: &Silence,
    append: &Append,
) -> Result<Appended, AppendError> {
    failpoint::hit("before-append");
    let leave = silence
        .leave()
        .map_err(|reason| AppendError::Unavailable { reason })?;
    let mut attempts = Attempts {
        server,
        publisher,
        ids,
        silence,
        append,
        begun: Instant::now(),
        made: 0,
        unanswered: false,
        deaf_only_to_messages: false,
    };
    let patience = match leave.is_probe() {
        true => server.options.attempt_timeout(),
        false => server.options.append_timeout,
    };
    let answer = attempts.until_answered(patience).await;
    if answer.is_ok() {
        failpoint::hit("after-append");
    }
    answer
}

impl Attempts<'_> {
    async fn until_answered(&mut self, patience: Duration) -> Result<Appended, AppendError> {
        let deadline = self.begun + patience;
        loop {
            let reason = match timeout_at(deadline, self.attempt()).await {
                Ok(Ok(Outcome::Answer(answer))) => return answer,
                Ok(Ok(Outcome::Retry { reason })) => reason,
                Ok(Err(LogError::Unavailable { reason })) => reason,
                // Time does not cure the others.
                Ok(Err(error)) => return Err(self.gave_up(error.to_string())),
                Err(_) => "no answer in time".to_owned(),
            };
            if Instant::now() >= deadline {
                let reason = match self.deaf_only_to_messages {
                    true => self.silence.noticed(),
                    false => reason,
                };
                return Err(self.gave_up(reason));
            }
            tokio::time::sleep(self.pause()).await;
            self.made += 1;
        }
    }

    async fn attempt(&mut self) -> Result<Outcome, LogError> {
        // The server remembers two minutes of ids, the index knows all that is older.
        self.ids.refresh(self.server).await?;
        if let Some(sequence) = self.ids.look_up(self.append.id).await? {
            return self.known_at(sequence).await.map(Outcome::Answer);
        }
        match self.publish().await {
            Ok((sequence, false)) => Ok(Outcome::Answer(Ok(Appended {
                sequence,
                duplicate: false,
            }))),
            Ok((sequence, true)) => self.known_at(sequence).await.map(Outcome::Answer),
            Err(fault) => self.resolve(fault).await,
        }
    }

    async fn publish(&mut self) -> Published {
        // Should the deadline end this attempt here, nobody has heard what became of the message.
        let before = std::mem::replace(&mut self.unanswered, true);
        let published = self.publisher.publish(self.server, self.append).await;
        self.deaf_only_to_messages = false;
        match &published {
            Err(Fault::Unanswered { .. }) => return published,
            Ok(_) | Err(Fault::Refused { .. }) => self.silence.ended(),
            Err(_) => {}
        }
        self.unanswered = before;
        published
    }

    /// The id stands at this sequence: for this message, or for another.
    async fn known_at(
        &self,
        sequence: Sequence,
    ) -> Result<Result<Appended, AppendError>, LogError> {
        let record = ids::verified(self.server, self.append.id, sequence).await?;
        Ok(self.own(self.append.answer_from(&record)))
    }

    /// A message found in the log is this call's own work when an attempt of it went unanswered.
    fn own(&self, answer: Result<Appended, AppendError>) -> Result<Appended, AppendError> {
        answer.map(|found| Appended {
            duplicate: found.duplicate && !self.unanswered,
            ..found
        })
    }

    async fn resolve(&mut self, fault: Fault) -> Result<Outcome, LogError> {
        let reason = fault.to_string();
        let refused = match fault {
            Fault::Refused { code, .. } => code,
            Fault::NoResponders => NO_STREAM,
            Fault::NotSent { .. } => return Ok(Outcome::Answer(Err(self.gave_up(reason)))),
            Fault::Unanswered { .. } => {
                self.unanswered = true;
                0
            }
        };
        if NO_ROOM.contains(&refused) {
            return Ok(Outcome::Answer(Err(self.gave_up(reason))));
        }
        let wrong = [WRONG_LAST_SEQUENCE, WRONG_LAST_SEQUENCE_IN_FLIGHT].contains(&refused);
        if !wrong && ![0, ID_IN_FLIGHT, NO_STREAM].contains(&refused) {
            // A refusal of a kind not known here: it may be a failure after the message was stored.
            self.unanswered = true;
        }
        let last = self.server.last_of(&self.append.subject).await?;
        let last = last.map_or(0, |record| record.sequence);
        self.deaf_only_to_messages = refused == 0;
        if last > self.append.expected {
            return self.overtaken(last, code_of(refused)).await;
        }
        // The caller expects what the subject does not have, and the server says so too. In a cluster
        // it may say "in flight": then only when it keeps saying so.
        let definite = refused == WRONG_LAST_SEQUENCE || self.made >= SOON;
        if last < self.append.expected && wrong && definite {
            return Ok(self.conflict(last, code_of(refused)));
        }
        Ok(Outcome::Retry { reason })
    }

    /// Messages stand after the expectation: the first of them is this one, or this one can never be
    /// written any more.
    async fn overtaken(&self, last: Sequence, code: ConflictCode) -> Result<Outcome, LogError> {
        let append = self.append;
        let next = self
            .server
            .next_of(&append.subject, append.expected)
            .await?;
        Ok(match next {
            Some(record) if record.id == append.id => {
                Outcome::Answer(self.own(append.answer_from(&record)))
            }
            _ => self.conflict(last, code),
        })
    }

    fn conflict(&self, actual: Sequence, code: ConflictCode) -> Outcome {
        Outcome::Answer(Err(AppendError::Conflict {
            subject: self.append.subject.clone(),
            expected: self.append.expected,
            actual: Some(actual),
            code,
        }))
    }

    fn gave_up(&self, reason: String) -> AppendError {
        if self.unanswered {
            AppendError::OutcomeUnknown { reason }
        } else {
            AppendError::Unavailable { reason }
        }
    }

    /// Doubles up to its bound, spread by the message's own id so that rivals part.
    fn pause(&self) -> Duration {
        let (shortest, longest) = PAUSES;
        let ceiling = (shortest * 2_u32.pow(self.made.min(10))).min(longest);
        let mut hasher = DefaultHasher::new();
        (self.append.id, self.made).hash(&mut hasher);
        let spread = u32::try_from(hasher.finish() % 1_000).unwrap_or(0);
        ceiling / 2 + ceiling * spread / 2_000
    }
}

/// What the server's refusal says of a conflict; 0 stands for no answer.
fn code_of(refused: u64) -> ConflictCode {
    match refused {
        WRONG_LAST_SEQUENCE => ConflictCode::WrongLastSequence,
        WRONG_LAST_SEQUENCE_IN_FLIGHT => ConflictCode::SubjectInFlight,
        ID_IN_FLIGHT => ConflictCode::IdInFlight,
        _ => ConflictCode::FoundByReading,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_servers_codes_are_those_of_the_figures() {
        let numbered = |code: &ConflictCode| code.as_str().parse().ok().map(code_of) == Some(*code);
        let numbers = ConflictCode::ALL.iter().filter(|code| numbered(code));
        assert_eq!(numbers.count(), 3);
        assert_eq!(code_of(0), ConflictCode::FoundByReading);
        assert_eq!(code_of(NO_STREAM), ConflictCode::FoundByReading);
    }
}
