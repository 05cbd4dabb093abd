//! Numbers of a series: the next one is claimed by appending to the subject of its reference, which
//! must be empty. So a reference is unique with any number of writers, and there are no gaps.

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
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// How often a number may be lost to another process before the caller is told to try again.
const CLAIMS: u32 = 200;

/// The most series whose last numbers are remembered; past it they are found again in the log.
const SERIES_LIMIT: usize = 1_000;

type Last = Arc<tokio::sync::Mutex<Option<u32>>>;

/// The last number of each series, as far as this process knows.
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
                None => self.last_number(asking, known, 0).await?,
            };
            *last = Some(before);
            let number = Number {
                reference: reference(known, before + 1)?,
                series,
                number: before + 1,
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
                    *last = Some(number.number);
                    return Ok((number.reference, done));
                }
                Tried::Conflict => {
                    lost += 1;
                    *last = Some(self.last_number(asking, known, number.number).await?);
                    tokio::time::sleep(pause(asking, lost.min(3))).await;
                }
            }
        }
        Err(Failure::Contended {
            what: format!("the series {series}"),
            attempts: lost,
        })
    }

    /// The last number of a series that is used, all up to `from` being so: by galloping ahead and
    /// then halving, since the numbers of a series have no gaps.
    async fn last_number(
        &self,
        asking: &Asking,
        series: &Series,
        from: u32,
    ) -> Result<u32, Failure> {
        let (mut used, mut ahead) = (from, 1_u32);
        let mut free = loop {
            let probe = used.saturating_add(ahead);
            if !self.used(asking, series, probe).await? {
                break probe;
            }
            used = probe;
            ahead = ahead.saturating_mul(2);
        };
        while free - used > 1 {
            let middle = used + (free - used) / 2;
            if self.used(asking, series, middle).await? {
                used = middle;
            } else {
                free = middle;
            }
        }
        Ok(used)
    }

    /// Whether the series gave out a number. A reference that was kept from elsewhere and only looks
    /// like one does not count: it may stand far ahead of the series.
    async fn used(&self, asking: &Asking, series: &Series, number: u32) -> Result<bool, Failure> {
        let Ok(reference) = reference(series, number) else {
            return Ok(false);
        };
        let address = Address::action(&asking.area, &reference);
        let subject = Self::subject(&address)?;
        if self.log.last_of(&subject).await?.is_none() {
            return Ok(false);
        }
        let records = self.log.read_subject(&subject, 0).await?;
        let Some(first) = records.first() else {
            return Ok(false);
        };
        let decision = decision::<Option<Action>>(first)?;
        Ok(decision.events.iter().any(|event| match event {
            ActionEvent::Raised(raised) => {
                raised.numbered.as_ref() == Some(&(series.id.clone(), number))
            }
            _ => false,
        }))
    }
}

/// The reference of a number.
fn reference(series: &Series, number: u32) -> Result<Reference, Failure> {
    series
        .pattern
        .reference(series.year, number)
        .ok_or_else(|| Failure::SeriesFull {
            series: series.id.to_string(),
        })
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
