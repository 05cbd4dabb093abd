//! A server that answers questions and takes no messages.
//!
//! A nats-server whose disk is full says so in some versions; in others (2.15 was seen to) it says nothing
//! to a message any more, until it is started again, and still answers whatever it is asked. Every append would
//! then wait for its whole time and end with an unknown outcome. So once one did, and the server answered
//! questions meanwhile, appends are sent one at a time, as probes; the others are refused at once, since
//! nothing of theirs was sent. The first message that is answered, with whatever, ends it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

/// What is known of it.
#[derive(Debug, Default)]
pub(super) struct Silence(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    since: Option<Instant>,
    probing: bool,
}

/// Leave to send a message.
#[derive(Debug)]
pub(super) struct Leave<'a> {
    silence: &'a Silence,
    probe: bool,
}

impl Silence {
    /// Leave to send, unless another message is finding out whether there are answers again: then why not.
    pub(super) fn leave(&self) -> Result<Leave<'_>, String> {
        let mut state = self.lock();
        let Some(since) = state.since else {
            return Ok(Leave {
                silence: self,
                probe: false,
            });
        };
        if state.probing {
            let seconds = since.elapsed().as_secs();
            return Err(format!("for {seconds} s {}", what_it_means()));
        }
        state.probing = true;
        Ok(Leave {
            silence: self,
            probe: true,
        })
    }

    /// A message was answered.
    pub(super) fn ended(&self) {
        let mut state = self.lock();
        if state.since.take().is_some() {
            tracing::info!("the server takes messages again");
        }
    }

    /// A message got no answer in all its time, and questions did.
    pub(super) fn noticed(&self) -> String {
        let mut state = self.lock();
        if state.since.is_none() {
            tracing::error!("{}", what_it_means());
            state.since = Some(Instant::now());
        }
        what_it_means().to_owned()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Leave<'_> {
    /// Whether it is for a message that finds out: one attempt of it is enough.
    pub(super) fn is_probe(&self) -> bool {
        self.probe
    }
}

impl Drop for Leave<'_> {
    fn drop(&mut self) {
        if self.probe {
            self.silence.lock().probing = false;
        }
    }
}

fn what_it_means() -> &'static str {
    "the server answers questions and takes no messages, as one does whose disk is full or fails: look at \
     its log, make room, and start it again if it stays so"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time_finds_out_until_one_is_answered() {
        let silence = Silence::default();
        let (one, two) = (silence.leave().unwrap(), silence.leave().unwrap());
        drop((one, two));
        assert!(silence.noticed().contains("disk"));
        let probe = silence.leave().unwrap();
        assert!(silence.leave().unwrap_err().contains("disk"));
        drop(probe);
        let probe = silence.leave().unwrap();
        silence.ended();
        let others = (silence.leave().unwrap(), silence.leave().unwrap());
        drop((probe, others));
    }
}
