//! How promptly a body or group answers.

use chrono::NaiveDate;
use domain::calendar::working_days::WorkingCalendar;
use domain::text::Slug;

use super::Question;
use crate::error::ReadError;
use crate::filter::Filter;
use crate::model::ReadModel;
use crate::view::Facts;

/// Figures on the actions that were asked of, or are delegated to, a body or group and raised in a
/// period of days. Answered means a substantive response.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Performance {
    /// Raised in the period.
    pub raised: u64,
    /// Answered by the first due date.
    pub on_time_first: u64,
    /// Answered by the due date as it is now.
    pub on_time_current: u64,
    /// Answered after the first due date.
    pub late_first: u64,
    /// Answered after the due date as it is now.
    pub late_current: u64,
    /// Answered without ever a due date.
    pub answered_undated: u64,
    /// Not answered and not overdue, closed unanswered included.
    pub unanswered: u64,
    /// Not answered and overdue.
    pub unanswered_overdue: u64,
    /// Median of the calendar days from raised to answered; the lower of two middle ones.
    pub median_days: Option<u32>,
    /// Median of the working days in England and Wales; `None` also when a day is outside the
    /// bank holiday data.
    pub median_working_days: Option<u32>,
}

impl ReadModel {
    /// The figures of a body or group (`None`: of all) for the days `from` to `to`.
    ///
    /// # Errors
    /// When there is nothing to answer from.
    pub fn performance(
        &self,
        question: &Question<'_>,
        body: Option<&Slug>,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<Performance, ReadError> {
        let as_at = question.as_at();
        self.ask(|store| {
            store.select(question, &Filter::default(), |selected| {
                let mut figures = Performance::default();
                let (mut days, mut working) = (Vec::new(), Some(Vec::new()));
                let of = |facts: &Facts| {
                    body.is_none_or(|body| {
                        (!facts.stub && *facts.asked_of == *body.as_str())
                            || facts.delegated_to.as_deref() == Some(body.as_str())
                    })
                };
                let period = from..=to;
                for (_, facts) in selected
                    .candidates()
                    .filter(|(_, f)| of(f) && period.contains(&f.raised_on))
                {
                    figures.add(&facts, as_at);
                    let Some(answered) = facts.answered_on else {
                        continue;
                    };
                    let since = (answered - facts.raised_on).num_days();
                    days.push(u32::try_from(since).unwrap_or(0));
                    let between = WorkingCalendar::EnglandAndWales
                        .working_days_between(facts.raised_on, answered);
                    match (&mut working, between) {
                        (Some(working), Ok(between)) => working.push(between),
                        _ => working = None,
                    }
                }
                figures.median_days = median(days);
                figures.median_working_days = working.and_then(median);
                Ok(figures)
            })
        })
    }
}

impl Performance {
    fn add(&mut self, facts: &Facts, as_at: NaiveDate) {
        self.raised += 1;
        let Some(answered) = facts.answered_on else {
            let overdue = u64::from(facts.overdue(as_at));
            self.unanswered_overdue += overdue;
            self.unanswered += 1 - overdue;
            return;
        };
        let late = |due: Option<NaiveDate>| due.map(|due| u64::from(answered > due));
        if let Some(late) = late(facts.first_due_on) {
            self.late_first += late;
            self.on_time_first += 1 - late;
        }
        if let Some(late) = late(facts.due_on) {
            self.late_current += late;
            self.on_time_current += 1 - late;
        }
        self.answered_undated += u64::from(facts.first_due_on.or(facts.due_on).is_none());
    }
}

fn median(mut days: Vec<u32>) -> Option<u32> {
    days.sort_unstable();
    days.get(days.len().checked_sub(1)? / 2).copied()
}
