//! Requests for entries in the register.

use super::{Ask, Call, DETAILS_LIMIT, Fields, all};
use crate::v1;
use domain::calendar::dates::{FIRST_YEAR, LAST_YEAR};
use domain::calendar::returns::{MOST_DAYS, MOST_MONTHS, ReturnDueRule};
use domain::reference::Pattern;
use domain::register::{Command, GroupDetails};

fn details(fields: &mut Fields, details: Option<&v1::GroupDetails>) -> Option<GroupDetails> {
    let Some(details) = details else {
        fields.wrong("details", "are missing; name one or two lead bodies");
        return None;
    };
    fields.under("details", |fields| {
        let aliases = fields.each("aliases", &details.aliases, DETAILS_LIMIT, |f, alias| {
            f.line("", alias)
        });
        let lead_bodies = fields.each("lead_bodies", &details.lead_bodies, 2, |f, body| {
            f.line("", body)
        });
        let objectives = fields.each(
            "objectives",
            &details.objectives,
            DETAILS_LIMIT,
            |f, text| f.text("", text),
        );
        Some(GroupDetails {
            aliases,
            lead_bodies,
            objectives,
        })
    })
}

fn return_rule(fields: &mut Fields, rule: Option<&v1::ReturnDueRule>) -> Option<ReturnDueRule> {
    use v1::return_due_rule::Rule;
    match rule.and_then(|rule| rule.rule.as_ref()) {
        Some(Rule::EndOfMonthAfter(months)) => fields
            .number(
                "rule.end_of_month_after",
                *months,
                1,
                u32::from(MOST_MONTHS),
            )
            .map(|months| ReturnDueRule::EndOfMonthAfter { months }),
        Some(Rule::DaysAfter(days)) => fields
            .number("rule.days_after", *days, 1, u32::from(MOST_DAYS))
            .map(|days| ReturnDueRule::DaysAfter { days }),
        None => {
            fields.wrong("rule", "is missing; give end_of_month_after or days_after");
            None
        }
    }
}

macro_rules! entries {
    ($($request:ident, $method:literal: |$message:ident, $fields:ident| $command:expr;)+) => {
        $(impl Call for v1::$request {
            const METHOD: &'static str = $method;

            fn write(&self) -> Option<&v1::Write> {
                self.write.as_ref()
            }

            fn ask(&self, $fields: &mut Fields) -> Option<Ask> {
                let $message = self;
                let command: Option<Command> = $command;
                command.map(|command| Ask::Register(Box::new(command)))
            }
        })+
    };
}

entries! {
    RegisterBodyRequest, "RegisterBody": |m, f| {
        let id = f.slug("id", &m.id);
        let name = f.line("name", &m.name);
        let kind = f.word("kind", m.kind);
        all(|| Some(Command::RegisterBody { id: id?, name: name?, kind: kind? }))
    };
    RenameBodyRequest, "RenameBody": |m, f| {
        let id = f.slug("id", &m.id);
        let name = f.line("name", &m.name);
        all(|| Some(Command::RenameBody { id: id?, name: name? }))
    };
    EndBodyRequest, "EndBody": |m, f| {
        let id = f.slug("id", &m.id);
        let succeeded_by = f.maybe_slug("succeeded_by", &m.succeeded_by);
        id.map(|id| Command::EndBody { id, succeeded_by })
    };
    RegisterGroupRequest, "RegisterGroup": |m, f| {
        let id = f.slug("id", &m.id);
        let name = f.line("name", &m.name);
        let board = f.slug("board", &m.board);
        let details = details(f, m.details.as_ref());
        all(|| Some(Command::RegisterGroup { id: id?, name: name?, board: board?, details: details? }))
    };
    RenameGroupRequest, "RenameGroup": |m, f| {
        let id = f.slug("id", &m.id);
        let name = f.line("name", &m.name);
        all(|| Some(Command::RenameGroup { id: id?, name: name? }))
    };
    DetailGroupRequest, "DetailGroup": |m, f| {
        let id = f.slug("id", &m.id);
        let details = details(f, m.details.as_ref());
        all(|| Some(Command::DetailGroup { id: id?, details: details? }))
    };
    EndGroupRequest, "EndGroup": |m, f| {
        let id = f.slug("id", &m.id);
        let succeeded_by = f.maybe_slug("succeeded_by", &m.succeeded_by);
        id.map(|id| Command::EndGroup { id, succeeded_by })
    };
    OpenSeriesRequest, "OpenSeries": |m, f| {
        let id = f.slug("id", &m.id);
        let body = f.slug("body", &m.body);
        let within = (FIRST_YEAR..=LAST_YEAR).contains(&m.year);
        if !within {
            f.wrong("year", format!("is {}; give {FIRST_YEAR} to {LAST_YEAR}", m.year));
        }
        let pattern = match Pattern::new(&m.pattern) {
            Ok(pattern) => Some(pattern),
            Err(problem) => {
                f.wrong("pattern", problem);
                None
            }
        };
        let title = f.maybe_line("title", &m.title);
        all(|| Some(Command::OpenSeries { id: id?, body: body?, year: m.year, pattern: pattern?, title }))
    };
    ArrangeMeetingRequest, "ArrangeMeeting": |m, f| {
        let id = f.slug("id", &m.id);
        let body = f.slug("body", &m.body);
        let held_on = f.date("held_on", &m.held_on);
        let title = f.maybe_line("title", &m.title);
        all(|| Some(Command::ArrangeMeeting { id: id?, body: body?, held_on: held_on?, title }))
    };
    ScheduleReturnsRequest, "ScheduleReturns": |m, f| {
        let board = f.slug("board", &m.board);
        let rule = return_rule(f, m.rule.as_ref());
        all(|| Some(Command::ScheduleReturns { board: board?, rule: rule? }))
    };
}
