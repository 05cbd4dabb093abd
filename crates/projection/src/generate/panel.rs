//! One area: its register, its calendar, and what is open in it.

use std::collections::VecDeque;

use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Utc};
use domain::action::Action;
use domain::aggregate::Address;
use domain::calendar::london;
use domain::policy::Role;
use domain::reference::{Pattern, Reference};
use domain::register::{self, BodyKind, Command, GroupDetails, Register};
use domain::text::{Line, Slug};

use super::Draft;
use super::chance::Chance;
use super::words;

/// An open action and what has been done to it.
pub(crate) struct Open {
    pub(crate) reference: Reference,
    pub(crate) action: Action,
    pub(crate) stage: u32,
}

pub(crate) struct Panel {
    pub(crate) area: Slug,
    pub(crate) register: Register,
    pub(crate) today: NaiveDate,
    pub(crate) open: Vec<Open>,
    pub(crate) raised: u32,
    pub(crate) due_returns: VecDeque<super::returns::Pending>,
    pub(crate) sent_returns: Vec<super::returns::Sent>,
    pub(crate) meeting: Option<Slug>,
    entries: VecDeque<Command>,
    numbers: (i32, u32),
    a_day: u32,
    clock: DateTime<Utc>,
}

const FIRST_DAY: (i32, u32, u32) = (2012, 4, 2);
/// The generator's calendar ends within the bank holiday data.
const LAST_YEAR: i32 = 2029;

impl Panel {
    pub(crate) fn new(area: &Slug, a_day: u32) -> Self {
        let (year, month, day) = FIRST_DAY;
        let today = NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default();
        Self {
            area: area.clone(),
            register: Register::default(),
            today,
            open: Vec::new(),
            raised: 0,
            due_returns: VecDeque::new(),
            sent_returns: Vec::new(),
            meeting: None,
            entries: beginnings(),
            numbers: (0, 0),
            a_day: a_day.max(1),
            clock: london::start_of_day(today),
        }
    }

    /// The instant at which the next message is recorded: office hours of today, never before the
    /// last one.
    pub(crate) fn now(&mut self, chance: &mut Chance) -> DateTime<Utc> {
        let nine = london::start_of_day(self.today) + TimeDelta::hours(9);
        let pause = i64::try_from(chance.below(60_000)).unwrap_or(0);
        self.clock = self.clock.max(nine) + TimeDelta::milliseconds(pause);
        self.clock
    }

    /// The next thing that happens, if it comes to anything.
    pub(crate) fn step(&mut self, chance: &mut Chance) -> Option<Draft> {
        if let Some(entry) = self.entries.pop_front() {
            return self.enter(&entry);
        }
        let a_day = usize::try_from(self.a_day).unwrap_or(1);
        if chance.below(a_day) == 0 {
            self.next_day();
        }
        if let Some(draft) = self.step_returns(chance) {
            return Some(draft);
        }
        let enough = 15 + usize::try_from(self.raised / 12).unwrap_or(0);
        if self.open.len() < enough && chance.percent(40) {
            return self.raise(chance);
        }
        self.advance(chance)
    }

    fn next_day(&mut self) {
        let next = self
            .today
            .checked_add_days(Days::new(1))
            .unwrap_or(self.today);
        if next.year() > LAST_YEAR {
            return;
        }
        self.today = next;
        self.expect_returns();
        // A meeting on the second Wednesday or so of every other month.
        if next.day() == 10 && next.month() % 2 == 1 {
            self.arrange_meeting();
        }
    }

    fn arrange_meeting(&mut self) {
        let id = Slug::new(&format!("pcp-{}", self.today)).ok();
        let body = Slug::new("pcp").ok();
        if let (Some(id), Some(body)) = (id, body) {
            self.entries.push_back(Command::ArrangeMeeting {
                id: id.clone(),
                body,
                held_on: self.today,
                title: None,
            });
        }
    }

    fn enter(&mut self, command: &Command) -> Option<Draft> {
        let on = self.today;
        let events = register::decide(&self.register, on, command).ok()?;
        for event in &events {
            register::evolve(&mut self.register, on, event);
        }
        if let Command::ArrangeMeeting { id, .. } = command {
            self.meeting = Some(id.clone());
        }
        Draft::of(Address::register(&self.area), on, Role::Clerk, &events)
    }

    /// The next reference of the year's series.
    pub(crate) fn next_reference(&mut self) -> Option<(Reference, Slug, u32)> {
        let year = self.today.year();
        if self.numbers.0 != year {
            self.numbers = (year, 0);
            self.entries.push_back(Command::OpenSeries {
                id: Slug::new(&format!("pcp-{year}-series")).ok()?,
                body: Slug::new("pcp").ok()?,
                year,
                pattern: Pattern::new("PCP/{year}/{n:03}").ok()?,
                title: None,
            });
            return None;
        }
        let number = self.numbers.1 + 1;
        let pattern = Pattern::new("PCP/{year}/{n:03}").ok()?;
        let reference = pattern.reference(year, number)?;
        let series = Slug::new(&format!("pcp-{year}-series")).ok()?;
        Some((reference, series, number))
    }

    pub(crate) fn took_reference(&mut self) {
        self.numbers.1 += 1;
        self.raised += 1;
    }
}

/// The entries with which a register begins.
fn beginnings() -> VecDeque<Command> {
    let bodies = [
        ("pcp", "Police and Crime Panel", BodyKind::Panel),
        (
            "opcc",
            "Office of the Police and Crime Commissioner",
            BodyKind::CommissionerOffice,
        ),
        ("constabulary", "Constabulary", BodyKind::Constabulary),
        (
            "ccssb",
            "Countywide Community Safety Strategic Board",
            BodyKind::Board,
        ),
    ];
    let slug = |text: &str| Slug::new(text).ok();
    let bodies = bodies.into_iter().filter_map(|(id, name, kind)| {
        Some(Command::RegisterBody {
            id: slug(id)?,
            name: Line::new(name).ok()?,
            kind,
        })
    });
    let groups = words::GROUPS.into_iter().filter_map(|(id, name)| {
        Some(Command::RegisterGroup {
            id: slug(id)?,
            name: Line::new(name).ok()?,
            board: slug("ccssb")?,
            details: GroupDetails {
                aliases: Vec::new(),
                lead_bodies: vec![Line::new("Constabulary").ok()?],
                objectives: Vec::new(),
            },
        })
    });
    bodies.chain(groups).collect()
}
