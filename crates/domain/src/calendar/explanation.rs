//! The account of a deadline: what was counted, what was skipped and why, by which calendar.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::agenda;
use super::bank_holidays::Division;
use super::dates::say_date;
use super::deadline::DueRule;
use super::working_days::{NonWorking, OutOfRange, WorkingCalendar};

/// How a due date was reached. The day of receipt is day zero.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "FlatExplanation")]
pub struct Explanation {
    /// The rule that was followed.
    #[serde(flatten)]
    pub rule: DueRule,
    /// The day of receipt, which is not counted.
    pub from: NaiveDate,
    /// The last day on which the agenda can be published, when the rule is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agenda_by: Option<NaiveDate>,
    /// How many working days were counted: to the due date, or as clear days before a meeting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted: Option<u16>,
    /// The days passed over in the count, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skipped: Vec<Skipped>,
    /// The version of the bank holiday data, when any was used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// Days passed over in a count of working days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case", try_from = "FlatSkipped")]
pub enum Skipped {
    /// A Saturday, a Sunday, or the two together.
    Weekend {
        /// The first day.
        from: NaiveDate,
        /// The last day: the first or the one after.
        to: NaiveDate,
    },
    /// A bank holiday on a weekday.
    BankHoliday {
        /// The day.
        on: NaiveDate,
        /// Its name.
        name: String,
        /// A division that has it.
        division: Division,
    },
}

/// An [`Explanation`] as it is read: with every field that a rule may have, since reading what is
/// flattened through `serde` takes several times as long, and one in eight events has one.
#[derive(Deserialize)]
struct FlatExplanation {
    rule: RuleName,
    #[serde(default)]
    date: Option<NaiveDate>,
    #[serde(default)]
    days: Option<u16>,
    #[serde(default)]
    calendar: Option<WorkingCalendar>,
    #[serde(default)]
    meeting_on: Option<NaiveDate>,
    #[serde(default)]
    reason: Option<String>,
    from: NaiveDate,
    #[serde(default)]
    agenda_by: Option<NaiveDate>,
    #[serde(default)]
    counted: Option<u16>,
    #[serde(default)]
    skipped: Vec<Skipped>,
    #[serde(default)]
    version: Option<String>,
}

/// The names of the rules, as [`DueRule`] stores them.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum RuleName {
    OnDate,
    WorkingDays,
    BeforeAgendaOf,
    NoneAgreed,
}

impl TryFrom<FlatExplanation> for Explanation {
    type Error = String;

    fn try_from(flat: FlatExplanation) -> Result<Self, String> {
        let rule = match flat.rule {
            RuleName::OnDate => DueRule::OnDate {
                date: there(flat.date, "date")?,
            },
            RuleName::WorkingDays => DueRule::WorkingDays {
                days: there(flat.days, "days")?,
                calendar: there(flat.calendar, "calendar")?,
            },
            RuleName::BeforeAgendaOf => DueRule::BeforeAgendaOf {
                meeting_on: there(flat.meeting_on, "meeting_on")?,
            },
            RuleName::NoneAgreed => DueRule::NoneAgreed {
                reason: there(flat.reason, "reason")?,
            },
        };
        Ok(Self {
            rule,
            from: flat.from,
            agenda_by: flat.agenda_by,
            counted: flat.counted,
            skipped: flat.skipped,
            version: flat.version,
        })
    }
}

/// A [`Skipped`] as it is read.
#[derive(Deserialize)]
struct FlatSkipped {
    why: Why,
    #[serde(default)]
    from: Option<NaiveDate>,
    #[serde(default)]
    to: Option<NaiveDate>,
    #[serde(default)]
    on: Option<NaiveDate>,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    division: Option<Division>,
}

/// The names of the reasons, as [`Skipped`] stores them.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Why {
    Weekend,
    BankHoliday,
}

impl TryFrom<FlatSkipped> for Skipped {
    type Error = String;

    fn try_from(flat: FlatSkipped) -> Result<Self, String> {
        Ok(match flat.why {
            Why::Weekend => Self::Weekend {
                from: there(flat.from, "from")?,
                to: there(flat.to, "to")?,
            },
            Why::BankHoliday => Self::BankHoliday {
                on: there(flat.on, "on")?,
                name: there(flat.name, "name")?,
                division: there(flat.division, "division")?,
            },
        })
    }
}

fn there<T>(value: Option<T>, field: &str) -> Result<T, String> {
    value.ok_or_else(|| format!("missing field `{field}`"))
}

impl Skipped {
    /// The days that are not working days after `after` and before `before`.
    ///
    /// # Errors
    /// When the bank holiday data does not cover them.
    pub fn between(
        calendar: WorkingCalendar,
        after: NaiveDate,
        before: NaiveDate,
    ) -> Result<Vec<Self>, OutOfRange> {
        let mut skipped = Vec::new();
        for on in after.iter_days().skip(1).take_while(|date| *date < before) {
            match calendar.why_not_working(on)? {
                None => {}
                Some(NonWorking::BankHoliday { name, division }) => {
                    skipped.push(Self::BankHoliday { on, name, division });
                }
                Some(NonWorking::Saturday | NonWorking::Sunday) => match skipped.last_mut() {
                    Some(Self::Weekend { to, .. }) if to.succ_opt() == Some(on) => *to = on,
                    _ => skipped.push(Self::Weekend { from: on, to: on }),
                },
            }
        }
        Ok(skipped)
    }

    /// How many days these are.
    #[must_use]
    pub fn days(&self) -> u32 {
        match self {
            Self::Weekend { from, to } => 1 + u32::from(to > from),
            Self::BankHoliday { .. } => 1,
        }
    }
}

impl Explanation {
    /// The calendar by which days were counted, when any were.
    #[must_use]
    pub fn calendar(&self) -> Option<WorkingCalendar> {
        match self.rule {
            DueRule::WorkingDays { calendar, .. } => Some(calendar),
            DueRule::BeforeAgendaOf { .. } => Some(agenda::CALENDAR),
            DueRule::OnDate { .. } | DueRule::NoneAgreed { .. } => None,
        }
    }

    /// The account in sentences, for the due date that it led to.
    #[must_use]
    pub fn sentences(&self, due_on: NaiveDate) -> Vec<String> {
        let due = say_date(due_on);
        let from = say_date(self.from);
        let mut said = match &self.rule {
            DueRule::OnDate { .. } => {
                vec![format!("Due on {due}, the date that was agreed.")]
            }
            DueRule::WorkingDays { days, .. } => vec![
                format!(
                    "{} after {from} is {due}.",
                    plural(u32::from(*days), "working day")
                ),
                format!("The day of receipt, {from}, is day zero."),
            ],
            DueRule::BeforeAgendaOf { meeting_on } => self.about_the_agenda(*meeting_on, &due),
            DueRule::NoneAgreed { reason } => vec![format!("No date was agreed: {reason}.")],
        };
        if let (Some(calendar), Some(version)) = (self.calendar(), &self.version) {
            said.push(self.about_skipped_days());
            said.push(format!("Calendar: {calendar}, version {version}."));
        }
        if !matches!(self.rule, DueRule::NoneAgreed { .. }) {
            said.push(format!("It is due until the end of {due}."));
        }
        said
    }

    fn about_the_agenda(&self, meeting_on: NaiveDate, due: &str) -> Vec<String> {
        let meeting = say_date(meeting_on);
        let mut said = vec![format!(
            "Due on {due}, the day before the agenda of the meeting of {meeting} is published."
        )];
        if let (Some(agenda_by), Some(counted)) = (self.agenda_by, self.counted) {
            let agenda_by = say_date(agenda_by);
            said.push(format!(
                "The papers are open for {} before the meeting (Local Government Act 1972, \
                 section 100B), so the agenda is published by {agenda_by}.",
                plural(u32::from(counted), "clear working day")
            ));
            said.push("The day of publication and the day of the meeting do not count.".to_owned());
        }
        said
    }

    fn about_skipped_days(&self) -> String {
        let weekend: u32 = self
            .skipped
            .iter()
            .filter(|skipped| matches!(skipped, Skipped::Weekend { .. }))
            .map(Skipped::days)
            .sum();
        let holidays: Vec<String> = self.skipped.iter().filter_map(holiday).collect();
        let count = u32::try_from(holidays.len()).unwrap_or(u32::MAX);
        let weekend_days = plural(weekend, "weekend day");
        let bank_holidays = format!("{}: {}", plural(count, "bank holiday"), holidays.join("; "));
        match (weekend, count) {
            (0, 0) => "Skipped: no days.".to_owned(),
            (_, 0) => format!("Skipped: {weekend_days}."),
            (0, _) => format!("Skipped: {bank_holidays}."),
            _ => format!("Skipped: {weekend_days} and {bank_holidays}."),
        }
    }
}

fn holiday(skipped: &Skipped) -> Option<String> {
    match skipped {
        Skipped::Weekend { .. } => None,
        Skipped::BankHoliday { on, name, division } => Some(match division {
            Division::EnglandAndWales => format!("{name}, on {}", say_date(*on)),
            elsewhere => format!("{name}, on {} ({elsewhere})", say_date(*on)),
        }),
    }
}

fn plural(count: u32, noun: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{s}")
}
