//! Deadlines as scenarios, as what people read, as what is stored, and as laws.

use chrono::TimeDelta;
use proptest::prelude::*;

use super::*;

fn ymd(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

fn working_days(days: u16, calendar: WorkingCalendar) -> DueRule {
    DueRule::WorkingDays { days, calendar }
}

fn before_agenda_of(meeting_on: NaiveDate) -> DueRule {
    DueRule::BeforeAgendaOf { meeting_on }
}

fn deadline(rule: &DueRule, received_on: NaiveDate) -> Deadline {
    rule.deadline(received_on).unwrap().unwrap()
}

fn said(rule: &DueRule, received_on: NaiveDate) -> String {
    deadline(rule, received_on).sentences().join("\n")
}

const ENGLAND: WorkingCalendar = WorkingCalendar::EnglandAndWales;
const UK: WorkingCalendar = WorkingCalendar::UkWide;

#[test]
fn each_rule_gives_its_day() {
    let received = ymd(2018, 9, 12);
    let none = DueRule::NoneAgreed {
        reason: "the Panel noted it only".to_owned(),
    };
    let table = [
        (DueRule::OnDate { date: received }, Some(received)),
        (working_days(20, ENGLAND), Some(ymd(2018, 10, 10))),
        (working_days(1, UK), Some(ymd(2018, 9, 13))),
        (working_days(250, ENGLAND), Some(ymd(2019, 9, 9))),
        // Its agenda is published by Tuesday 6 November.
        (before_agenda_of(ymd(2018, 11, 14)), Some(ymd(2018, 11, 5))),
        // Its agenda is published on a Monday, so answers may come until the end of Sunday.
        (before_agenda_of(ymd(2018, 11, 13)), Some(ymd(2018, 11, 4))),
        // The agenda is published the day after receipt.
        (before_agenda_of(ymd(2018, 9, 21)), Some(received)),
        (none, None),
    ];
    for (rule, due_on) in table {
        let found = rule.deadline(received).unwrap();
        assert_eq!(found.map(|deadline| deadline.due_on), due_on, "{rule:?}");
    }
}

#[test]
fn an_explanation_reads_as_people_write() {
    let text = said(&working_days(20, ENGLAND), ymd(2018, 9, 12));
    insta::assert_snapshot!(text, @r"
    20 working days after 12 September 2018 is 10 October 2018.
    The day of receipt, 12 September 2018, is day zero.
    Skipped: 8 weekend days.
    Calendar: England and Wales, version 2026.1.
    It is due until the end of 10 October 2018.
    ");
    let text = said(&working_days(10, UK), ymd(2018, 12, 21));
    insta::assert_snapshot!(text, @r"
    10 working days after 21 December 2018 is 10 January 2019.
    The day of receipt, 21 December 2018, is day zero.
    Skipped: 6 weekend days and 4 bank holidays: Christmas Day, on 25 December 2018; Boxing Day, on 26 December 2018; New Year's Day, on 1 January 2019; 2 January, on 2 January 2019 (Scotland).
    Calendar: any part of the United Kingdom, version 2026.1.
    It is due until the end of 10 January 2019.
    ");
    let text = said(&working_days(1, ENGLAND), ymd(2018, 9, 12));
    insta::assert_snapshot!(text, @r"
    1 working day after 12 September 2018 is 13 September 2018.
    The day of receipt, 12 September 2018, is day zero.
    Skipped: no days.
    Calendar: England and Wales, version 2026.1.
    It is due until the end of 13 September 2018.
    ");
    let text = said(&before_agenda_of(ymd(2019, 4, 25)), ymd(2019, 3, 1));
    insta::assert_snapshot!(text, @r"
    Due on 14 April 2019, the day before the agenda of the meeting of 25 April 2019 is published.
    The papers are open for 5 clear working days before the meeting (Local Government Act 1972, section 100B), so the agenda is published by 15 April 2019.
    The day of publication and the day of the meeting do not count.
    Skipped: 2 weekend days and 2 bank holidays: Good Friday, on 19 April 2019; Easter Monday, on 22 April 2019.
    Calendar: England and Wales, version 2026.1.
    It is due until the end of 14 April 2019.
    ");
    let agreed = DueRule::OnDate {
        date: ymd(2018, 11, 9),
    };
    insta::assert_snapshot!(said(&agreed, ymd(2018, 9, 12)), @r"
    Due on 9 November 2018, the date that was agreed.
    It is due until the end of 9 November 2018.
    ");
}

#[test]
fn a_rule_that_cannot_be_followed_says_why() {
    let received = ymd(2018, 9, 12);
    let table = [
        (
            working_days(0, ENGLAND),
            "0 working days cannot be counted: give 1 to 250",
        ),
        (
            working_days(251, ENGLAND),
            "251 working days cannot be counted: give 1 to 250",
        ),
        (
            DueRule::OnDate {
                date: ymd(2018, 9, 11),
            },
            "the due date 11 September 2018 is before 12 September 2018, the day of receipt: \
             give that day or a later one",
        ),
        (
            before_agenda_of(ymd(2018, 9, 20)),
            "papers for the meeting of 20 September 2018 were due on 11 September 2018, before \
             12 September 2018, the day of receipt: choose a later meeting",
        ),
        (
            before_agenda_of(ymd(2031, 9, 20)),
            "19 September 2031 is outside the bank holiday data, which covers 2010 to 2030",
        ),
        (
            DueRule::NoneAgreed {
                reason: " ".to_owned(),
            },
            "say why no date was agreed",
        ),
        (
            DueRule::NoneAgreed {
                reason: "x".repeat(1_001),
            },
            "the reason for having no date has 1001 characters: give at most 1000",
        ),
    ];
    for (rule, message) in table {
        assert_eq!(rule.deadline(received).unwrap_err().to_string(), message);
    }
}

#[test]
fn the_stored_form_is_small_and_stays_readable() {
    let stored =
        serde_json::to_string(&deadline(&working_days(20, ENGLAND), ymd(2018, 9, 12))).unwrap();
    insta::assert_snapshot!(stored, @r#"{"due_on":"2018-10-10","explanation":{"rule":"working_days","days":20,"calendar":"england_and_wales","from":"2018-09-12","counted":20,"skipped":[{"why":"weekend","from":"2018-09-15","to":"2018-09-16"},{"why":"weekend","from":"2018-09-22","to":"2018-09-23"},{"why":"weekend","from":"2018-09-29","to":"2018-09-30"},{"why":"weekend","from":"2018-10-06","to":"2018-10-07"}],"version":"2026.1"}}"#);
    let stored = serde_json::to_string(&deadline(
        &before_agenda_of(ymd(2019, 4, 25)),
        ymd(2019, 3, 1),
    ))
    .unwrap();
    insta::assert_snapshot!(stored, @r#"{"due_on":"2019-04-14","explanation":{"rule":"before_agenda_of","meeting_on":"2019-04-25","from":"2019-03-01","agenda_by":"2019-04-15","counted":5,"skipped":[{"why":"bank_holiday","on":"2019-04-19","name":"Good Friday","division":"england_and_wales"},{"why":"weekend","from":"2019-04-20","to":"2019-04-21"},{"why":"bank_holiday","on":"2019-04-22","name":"Easter Monday","division":"england_and_wales"}],"version":"2026.1"}}"#);
    let agreed = DueRule::OnDate {
        date: ymd(2018, 11, 9),
    };
    let stored = serde_json::to_string(&deadline(&agreed, ymd(2018, 9, 12))).unwrap();
    insta::assert_snapshot!(stored, @r#"{"due_on":"2018-11-09","explanation":{"rule":"on_date","date":"2018-11-09","from":"2018-09-12"}}"#);
}

#[test]
fn due_until_the_end_of_the_day() {
    let due_on = ymd(2018, 10, 10);
    let table = [
        (ymd(2018, 9, 12), false, 0),
        (ymd(2018, 10, 10), false, 0),
        (ymd(2018, 10, 11), true, 1),
        (ymd(2018, 11, 9), true, 30),
    ];
    for (as_at, late, days) in table {
        assert_eq!(overdue(due_on, as_at), late, "{as_at}");
        assert_eq!(days_overdue(due_on, as_at), days, "{as_at}");
    }
}

fn rule() -> impl Strategy<Value = DueRule> {
    let calendar = prop_oneof![Just(ENGLAND), Just(UK)];
    prop_oneof![
        (1u16..=250, calendar).prop_map(|(days, calendar)| working_days(days, calendar)),
        (30i64..900).prop_map(|days| before_agenda_of(ymd(2018, 1, 1) + TimeDelta::days(days))),
        (0i64..900).prop_map(|days| DueRule::OnDate {
            date: ymd(2018, 1, 1) + TimeDelta::days(days),
        }),
    ]
}

proptest! {
    #[test]
    fn days_counted_and_skipped_make_up_the_span(rule in rule(), day in 0i64..900) {
        let received_on = ymd(2018, 1, 1) + TimeDelta::days(day);
        let Ok(Some(deadline)) = rule.deadline(received_on) else {
            return Ok(());
        };
        prop_assert!(deadline.due_on >= received_on);
        let explanation = &deadline.explanation;
        let skipped: u32 = explanation.skipped.iter().map(Skipped::days).sum();
        let made_up = i64::from(explanation.counted.unwrap_or(0)) + i64::from(skipped);
        match &rule {
            DueRule::WorkingDays { .. } => {
                prop_assert_eq!(made_up, (deadline.due_on - received_on).num_days());
            }
            DueRule::BeforeAgendaOf { meeting_on } => {
                let open = *meeting_on - explanation.agenda_by.unwrap();
                prop_assert_eq!(made_up, open.num_days() - 1);
            }
            _ => prop_assert_eq!(made_up, 0),
        }
    }

    #[test]
    fn what_is_stored_is_read_back(rule in rule(), day in 0i64..900) {
        let received_on = ymd(2018, 1, 1) + TimeDelta::days(day);
        if let Ok(Some(deadline)) = rule.deadline(received_on) {
            let stored = serde_json::to_string(&deadline).unwrap();
            let read: Deadline = serde_json::from_str(&stored).unwrap();
            prop_assert_eq!(read, deadline);
        }
    }
}
