//! Numbers of a series: the next one is claimed by appending to the subject of its reference, which
//! must be empty. So a reference is unique with any number of writers.
//!
//! **The next number is the lowest free one after the last one this series gave out.** A number is
//! free when its reference stands for nothing: one that was kept from elsewhere and looks like a
//! number of the series is taken and is passed over. Kept numbers that stand ahead of the series do
//! not draw it on: it fills what is free before them, and passes each when it comes to it.
//!
//! It follows that all numbers below one that the series gave out are taken, so after a start the
//! place is found by galloping ahead and halving. That ends at a free number behind a taken one. If
//! the series gave out the taken one, nothing below is free. If it was kept, there may be holes below,
//! and each number down to the last one given out is looked at: once, since the claim that follows
//! ends the next search. At most [`HOLES_LIMIT`] are looked at; in a longer run of kept numbers what
//! lies deeper and is free may stay free, or be given out later by another process.

use crate::asking::Asking;
use crate::service::Inner;
use crate::states::{Freshness, Held, decision};
use crate::step::{Decided, Done, Tried, pause};
use api::failure::Failure;
use domain::action::{Action, ActionEvent};
use domain::aggregate::Address;
use domain::reference::{Reference, Series};
use domain::register::Register;
use domain::text::Slug;
use event_log::{Record, Subject};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// How often a number may be lost to another process before the caller is told to try again.
const CLAIMS: u32 = 200;

/// How many numbers that were kept from elsewhere are looked through for free ones between them.
const HOLES_LIMIT: u32 = 4_096;

/// The most series whose last numbers are remembered; past it they are found again in the log.
const SERIES_LIMIT: usize = 1_000;

/// Behind it nothing is free; `None` before the log was asked.
type Last = Arc<tokio::sync::Mutex<Option<u32>>>;

/// Who has a number.
enum Holder {
    Nobody,
    /// The series gave it out.
    Series,
    /// A reference that was kept from elsewhere, or a message that cannot be read.
    Other,
}

/// The last taken number of each series, as far as this process knows.
#[derive(Default)]
pub(crate) struct Numbers {
    by_series: Mutex<HashMap<(Slug, Slug), Last>>,
}

impl Numbers {
    fn of(&self, area: &Slug, series: &Slug) -> Last {
        let mut by_series = self
            .by_series
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if by_series.len() >= SERIES_LIMIT {
            by_series.retain(|_, last| Arc::strong_count(last) > 1);
        }
        let key = (area.clone(), series.clone());
        Arc::clone(by_series.entry(key).or_default())
    }
}

/// A number that may be claimed.
pub(crate) struct Number<'a> {
    pub(crate) reference: Reference,
    pub(crate) series: &'a Slug,
    pub(crate) number: u32,
    pub(crate) register: &'a Register,
}

impl Inner {
    /// Raises an action under the next number of a series. `decide` is asked before a number is
    /// claimed, so a refusal uses none up.
    pub(crate) async fn claim(
        &self,
        asking: &Asking,
        series: &Slug,
        decide: impl Fn(&Number<'_>) -> Result<Decided<ActionEvent>, Failure> + Send + Sync,
    ) -> Result<(Reference, Done<ActionEvent>), Failure> {
        let last = self.numbers.of(&asking.area, series);
        let mut last = last.lock().await;
        let mut freshness = Freshness::Kept;
        let mut lost = 0;
        while lost < CLAIMS {
            let register = self.register(asking, freshness).await?;
            let known = match register.state.series.get(series) {
                Some(known) => known,
                None if freshness == Freshness::Kept => {
                    freshness = Freshness::Now;
                    continue;
                }
                None => return Err(unknown(series)),
            };
            let before = match *last {
                Some(last) => last,
                None => self.last_taken(asking, known, 0).await?,
            };
            *last = Some(before);
            asking.caller.still_waits()?;
            let next = before.checked_add(1).ok_or_else(|| full(known))?;
            let number = Number {
                reference: reference(known, next)?,
                series,
                number: next,
                register: &register.state,
            };
            let decided = match decide(&number) {
                Ok(decided) => decided,
                Err(_) if freshness == Freshness::Kept => {
                    freshness = Freshness::Now;
                    continue;
                }
                Err(refused) => return Err(refused),
            };
            let address = Address::action(&asking.area, &number.reference);
            let subject = Self::subject(&address)?;
            let nothing = Held::nothing();
            let tried = self
                .append::<Option<Action>>(asking, &subject, &nothing, decided)
                .await?;
            match tried {
                Tried::Done(done) => {
                    *last = Some(next);
                    return Ok((number.reference, done));
                }
                Tried::Conflict => {
                    lost += 1;
                    *last = Some(self.last_taken(asking, known, next).await?);
                    tokio::time::sleep(pause(asking, lost.min(3))).await;
                }
            }
        }
        Err(Failure::Contended {
            what: format!("the series {series}"),
            attempts: lost,
        })
    }

    /// The number before the lowest free one after `from`, up to which all are taken.
    async fn last_taken(
        &self,
        asking: &Asking,
        series: &Series,
        from: u32,
    ) -> Result<u32, Failure> {
        let (mut taken, mut ahead) = (from, 1_u32);
        let mut free = loop {
            let probe = taken.checked_add(ahead).ok_or_else(|| full(series))?;
            if self.is_free(asking, series, probe).await? {
                break probe;
            }
            taken = probe;
            ahead = ahead.saturating_mul(2);
        };
        while free - taken > 1 {
            let middle = taken + (free - taken) / 2;
            if self.is_free(asking, series, middle).await? {
                free = middle;
            } else {
                taken = middle;
            }
        }
        self.before_holes(asking, series, from, taken).await
    }

    /// The number before the lowest free one between `from` and `taken`: `taken` when none is.
    async fn before_holes(
        &self,
        asking: &Asking,
        series: &Series,
        from: u32,
        taken: u32,
    ) -> Result<u32, Failure> {
        let mut last = taken;
        let deepest = taken.saturating_sub(HOLES_LIMIT).max(from);
        for number in (deepest + 1..=taken).rev() {
            match self.holder(asking, series, number).await? {
                Holder::Series => break,
                Holder::Other => {}
                Holder::Nobody => last = number - 1,
            }
        }
        Ok(last)
    }

    async fn is_free(
        &self,
        asking: &Asking,
        series: &Series,
        number: u32,
    ) -> Result<bool, Failure> {
        let subject = subject(asking, series, number)?;
        Ok(self.log.last_of(&subject).await?.is_none())
    }

    async fn holder(
        &self,
        asking: &Asking,
        series: &Series,
        number: u32,
    ) -> Result<Holder, Failure> {
        let subject = subject(asking, series, number)?;
        let Some(last) = self.log.last_of(&subject).await? else {
            return Ok(Holder::Nobody);
        };
        // Most have one message; only of the others is the first to be read as well.
        let ours = match given_out(&last, series, number) {
            Some(ours) => ours,
            None => {
                let records = self.log.read_subject(&subject, 0).await?;
                let first = records.first();
                first
                    .and_then(|first| given_out(first, series, number))
                    .unwrap_or(false)
            }
        };
        Ok(if ours { Holder::Series } else { Holder::Other })
    }
}

/// Whether the series gave out the number, if this is the message that says so.
fn given_out(record: &Record, series: &Series, number: u32) -> Option<bool> {
    let decision = decision::<Option<Action>>(record).ok()?;
    decision.events.iter().find_map(|event| match event {
        ActionEvent::Raised(raised) => {
            Some(raised.numbered.as_ref() == Some(&(series.id.clone(), number)))
        }
        _ => None,
    })
}

/// The subject of a number.
fn subject(asking: &Asking, series: &Series, number: u32) -> Result<Subject, Failure> {
    let reference = reference(series, number)?;
    Inner::subject(&Address::action(&asking.area, &reference))
}

/// The reference of a number.
fn reference(series: &Series, number: u32) -> Result<Reference, Failure> {
    series
        .pattern
        .reference(series.year, number)
        .ok_or_else(|| full(series))
}

fn full(series: &Series) -> Failure {
    Failure::SeriesFull {
        series: series.id.to_string(),
    }
}

pub(crate) fn unknown(series: &Slug) -> Failure {
    Failure::NotFound {
        what: "series",
        name: series.to_string(),
        field: "series",
    }
}

/// For a check before anything is claimed: a reference of the right form that no action has.
pub(crate) fn placeholder(at: usize) -> Result<Reference, Failure> {
    Reference::new(&format!("piece-{at}")).map_err(|error| Failure::Fault {
        cause: error.to_string(),
    })
}
