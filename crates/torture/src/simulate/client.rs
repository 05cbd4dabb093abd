//! A client: one request after another, each sent until it is answered, some sent again afterwards.

use super::replica::Replica;
use super::world::World;
use crate::chance::Chance;
use crate::history::{Attempt, Op, Outcome, Ticks};
use crate::request::{Asking, Known, Notes, Wishes, rpc};
use std::sync::{Arc, Mutex, PoisonError};

/// How often a request is sent before its client gives up.
const ATTEMPTS: u32 = 40;

/// What all clients share.
pub(super) struct Office {
    pub(super) world: Arc<World>,
    pub(super) replicas: Vec<Replica>,
    pub(super) ticks: Ticks,
    /// What clients ask for.
    wishes: Wishes,
    /// Actions that somebody was told of.
    known: Mutex<Notes>,
    /// How many actions are written to: few are fought over.
    focus: usize,
    ops: Mutex<Vec<(Asking, Op)>>,
}

impl Office {
    pub(super) fn new(world: Arc<World>, replicas: Vec<Replica>, wishes: Wishes) -> Self {
        let mut chance = Chance::of(world.seed, "focus");
        // What spreads to others needs others.
        let few = if wishes == Wishes::Every { 2 } else { 1 };
        let focus = chance.pick(&[few, 3, usize::MAX]).copied().unwrap_or(few);
        Self {
            world,
            replicas,
            focus,
            wishes,
            ticks: Ticks::default(),
            known: Mutex::default(),
            ops: Mutex::default(),
        }
    }

    /// One client's work.
    pub(super) async fn work(&self, client: usize, requests: usize) {
        let mut chance = Chance::of(self.world.seed, &format!("client {client}"));
        for _ in 0..requests {
            self.world.pass(chance.between(1, 60)).await;
            let known = self.in_focus();
            let asking = self.wishes.ask(&mut chance, &known);
            let op = self.settle(client, &asking, &mut chance).await;
            let mut ops = self.ops.lock().unwrap_or_else(PoisonError::into_inner);
            ops.push((asking, op));
        }
    }

    fn in_focus(&self) -> Vec<Known> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.all().iter().take(self.focus).cloned().collect()
    }

    /// Sends a request until it is answered.
    async fn settle(&self, client: usize, asking: &Asking, chance: &mut Chance) -> Op {
        let begun = self.ticks.next();
        let said = format!(
            "client {client} {:?} {} {:?}",
            asking.kind, asking.id, asking.references
        );
        self.world
            .note(format_args!("{said} etag {:?}", asking.etag));
        let mut attempts = 0;
        let outcome = loop {
            attempts += 1;
            let hurried = !self.world.is_calm() && chance.percent(self.world.faults.hurry);
            let patience = hurried.then(|| chance.between(20, 400));
            let attempt = match chance.pick(&self.replicas) {
                Some(replica) => replica.ask(asking, patience).await,
                None => Attempt::Again("nobody there".to_owned()),
            };
            match attempt {
                Attempt::Settled(outcome) => break outcome,
                Attempt::Again(why) => self.world.note(format_args!("{said} again: {why}")),
            }
            if attempts == ATTEMPTS {
                break Outcome::Unknown;
            }
            self.world.pass(chance.between(10, 400)).await;
        };
        self.world.note(format_args!("{said} {outcome:?}"));
        if let Outcome::Acknowledged(written) = &outcome {
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            known.learn(asking, written);
        }
        Op {
            id: asking.id,
            kind: asking.kind,
            rpc: rpc(&asking.message),
            references: asking.references.clone(),
            etag: asking.etag,
            begun,
            ended: self.ticks.next(),
            attempts,
            outcome,
            again: vec![],
        }
    }

    /// Sends what nobody answered once more, and some of the rest: the history.
    pub(super) async fn afterwards(&self) -> Vec<Op> {
        let ops = std::mem::take(&mut *self.ops.lock().unwrap_or_else(PoisonError::into_inner));
        let mut chance = Chance::of(self.world.seed, "afterwards");
        let mut history = Vec::with_capacity(ops.len());
        for (asking, mut op) in ops {
            if op.outcome == Outcome::Unknown {
                let settled = self.settle(0, &asking, &mut chance).await;
                op.outcome = settled.outcome;
                op.ended = settled.ended;
                op.attempts += settled.attempts;
            } else if recorded(&op.outcome) && chance.percent(30) {
                let again = self.settle(0, &asking, &mut chance).await;
                op.again.push(again.outcome);
            }
            history.push(op);
        }
        history
    }
}

/// Whether there is a message to be told of again. What stood already was told without one: sent again
/// under the same id it is a new wish (finding 3 of the crate's README).
fn recorded(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Acknowledged(written) if !written.events.is_empty())
}
