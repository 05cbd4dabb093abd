//! The questions, asked of the read model in this process.

use crate::figures::{Latencies, Percentiles, rate};
use anyhow::{Context, Result};
use chrono::{Days, NaiveDate};
use domain::calendar::Quarter;
use domain::policy::Principal;
use domain::reference::Reference;
use domain::text::Slug;
use projection::{AsOf, Filter, Question, ReadModel, Sort};
use serde::{Deserialize, Serialize};
use std::time::{Duration, Instant};

/// Rows of a page.
const PAGE: usize = 50;
/// Words that one action in eight says, and a number that hardly any does.
const COMMON: &str = "hare coursing";
const RARE: &str = "minute 4711";
/// Quarters of the matrix.
const QUARTERS: usize = 8;

/// What can be asked.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum What {
    Page,
    Counts,
    One,
    Matrix,
    AsOf,
    CommonText,
    RareText,
}

/// The values in the questions.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Asked {
    /// The action that is asked for.
    one: Reference,
    /// The day of the as-of list.
    as_of: NaiveDate,
    from: Quarter,
    to: Quarter,
    from_day: NaiveDate,
    to_day: NaiveDate,
    common: &'static str,
    rare: &'static str,
}

/// How fast answers came, and the answer in a form that two stores can be compared by.
#[derive(Debug, Serialize)]
pub(crate) struct Measured {
    per_second: f64,
    latency_ms: Percentiles,
    answer: Vec<String>,
}

/// The read model with who asks, and from which day. The office may read what is restricted, so that
/// what it is shown is what a database without such a rule shows.
pub(crate) struct Desk {
    model: ReadModel,
    area: Slug,
    reader: Principal,
    today: NaiveDate,
    pub(crate) asked: Asked,
}

impl Desk {
    pub(crate) fn new(
        model: ReadModel,
        area: Slug,
        reader: Principal,
        today: NaiveDate,
    ) -> Result<Self> {
        let question = Question {
            area: &area,
            as_of: AsOf::NOW,
            today,
            reader: &reader,
        };
        let page = model.list(&question, &Filter::open(), Sort::DUE, 1, None)?;
        let first = page.rows.first().context("nothing is open")?;
        let latest = model.list(&question, &Filter::default(), Sort::NEWEST, 1, None)?;
        let latest = latest.rows.first().context("nothing has changed")?;
        let to = Quarter::containing(latest.last_change_on)?;
        let from = std::iter::successors(Some(to), |quarter| quarter.previous())
            .take(QUARTERS)
            .last()
            .unwrap_or(to);
        let as_of = first
            .raised_on
            .checked_add_days(Days::new(365))
            .context("a day a year later")?;
        let asked = Asked {
            one: first.reference.clone(),
            as_of,
            from,
            to,
            from_day: from.first_day(),
            to_day: to.first_day(),
            common: COMMON,
            rare: RARE,
        };
        Ok(Self {
            model,
            area,
            reader,
            today,
            asked,
        })
    }

    /// Asks with so many threads for so long; once before, so that what is kept warm is.
    pub(crate) fn measure(&self, what: What, clients: usize, millis: u64) -> Result<Measured> {
        let answer = self.answer(what)?;
        let limit = Duration::from_millis(millis);
        let begun = Instant::now();
        let mut latency = Latencies::new()?;
        std::thread::scope(|scope| -> Result<()> {
            let threads: Vec<_> = (0..clients.max(1))
                .map(|_| scope.spawn(|| self.again(what, begun, limit)))
                .collect();
            for thread in threads {
                let one = thread.join().ok().context("a client ended")??;
                latency.merge(&one)?;
            }
            Ok(())
        })?;
        let took = begun.elapsed();
        Ok(Measured {
            per_second: rate(latency.count(), took),
            latency_ms: latency.percentiles(),
            answer,
        })
    }

    fn again(&self, what: What, begun: Instant, limit: Duration) -> Result<Latencies> {
        let mut latency = Latencies::new()?;
        while begun.elapsed() < limit {
            let asked = Instant::now();
            self.ask(what)?;
            latency.add(asked.elapsed());
        }
        Ok(latency)
    }

    fn at(&self, as_of: AsOf) -> Question<'_> {
        Question {
            area: &self.area,
            as_of,
            today: self.today,
            reader: &self.reader,
        }
    }

    fn text(text: &str) -> Filter {
        Filter {
            text: Some(text.to_owned()),
            ..Filter::open()
        }
    }

    fn list(&self, as_of: AsOf, filter: &Filter) -> Result<Vec<projection::Row>> {
        let page = self
            .model
            .list(&self.at(as_of), filter, Sort::DUE, PAGE, None)?;
        Ok(page.rows)
    }

    /// Asks, and lets the answer go.
    fn ask(&self, what: What) -> Result<()> {
        let now = self.at(AsOf::NOW);
        match what {
            What::Page => drop(self.list(AsOf::NOW, &Filter::open())?),
            What::Counts => drop(self.model.counts(&now, &Filter::open())?),
            What::One => drop(self.model.action(&now, &self.asked.one)?),
            What::Matrix => drop(self.matrix()?),
            What::AsOf => drop(self.list(AsOf::true_on(self.asked.as_of), &Filter::open())?),
            What::CommonText => drop(self.list(AsOf::NOW, &Self::text(COMMON))?),
            What::RareText => drop(self.list(AsOf::NOW, &Self::text(RARE))?),
        }
        Ok(())
    }

    fn matrix(&self) -> Result<Vec<projection::ReturnCell>> {
        let (from, to) = (self.asked.from, self.asked.to);
        let now = self.at(AsOf::NOW);
        Ok(self.model.returns_matrix(&now, None, from, to)?)
    }

    /// Asks once, and tells the answer.
    fn answer(&self, what: What) -> Result<Vec<String>> {
        let references = |rows: Vec<projection::Row>| {
            rows.into_iter()
                .map(|row| row.reference.to_string())
                .collect()
        };
        let now = self.at(AsOf::NOW);
        Ok(match what {
            What::Page => references(self.list(AsOf::NOW, &Filter::open())?),
            What::AsOf => references(self.list(AsOf::true_on(self.asked.as_of), &Filter::open())?),
            What::CommonText => references(self.list(AsOf::NOW, &Self::text(COMMON))?),
            What::RareText => references(self.list(AsOf::NOW, &Self::text(RARE))?),
            What::Counts => {
                let counts = self.model.counts(&now, &Filter::open())?;
                let mut told: Vec<String> = counts
                    .by_status
                    .iter()
                    .map(|(status, count)| format!("{}={count}", status.as_str()))
                    .collect();
                told.push(format!("overdue={}", counts.overdue));
                told.sort();
                told
            }
            What::One => {
                let story = self.model.action(&now, &self.asked.one)?;
                let story = story.context("an action that was listed is not there")?;
                let messages = story.messages.iter().map(ToString::to_string);
                std::iter::once(story.row.status.as_str().to_owned())
                    .chain(messages)
                    .collect()
            }
            What::Matrix => {
                let cells = self.matrix()?.into_iter().map(|cell| {
                    let sent = cell
                        .submitted_on
                        .map_or("-".to_owned(), |on| on.to_string());
                    format!(
                        "{} {} {sent} {} {} {}",
                        cell.group,
                        cell.quarter.first_day(),
                        cell.corrections,
                        cell.updated,
                        cell.open
                    )
                });
                let mut cells: Vec<String> = cells.collect();
                cells.sort();
                cells
            }
        })
    }
}
