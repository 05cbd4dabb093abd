//! Due before the agenda of the next meeting, whichever that is.

use crate::asks::*;
use crate::call;
use crate::on_both_logs;
use crate::rig::{On, Rig, refusal, write};
use api::v1;

on_both_logs! {
    the_next_meeting_is_the_registers,
}

fn next() -> Option<v1::DueRule> {
    Some(v1::DueRule {
        rule: Some(v1::due_rule::Rule::BeforeAgendaOf("next".to_owned())),
    })
}

async fn the_next_meeting_is_the_registers(on: On) {
    let (_rig, clerk) = Rig::with_register_on(on).await;
    let raise = v1::RaiseActionRequest {
        due: next(),
        ..question()
    };
    let said = refusal(&call!(clerk, raise_action, raise.clone()).unwrap_err());
    insta::assert_snapshot!(said, @"NotFound NOT_IN_REGISTER: the register has no meeting of Police and Crime Panel after 12 September 2018; arrange it first, or give another due date [after=2018-09-12, body=Police and Crime Panel]");
    for (id, day) in [
        ("pcp-2019-02-06", "2019-02-06"),
        ("pcp-2018-11-14", "2018-11-14"),
    ] {
        call!(clerk, arrange_meeting, meeting(id, day)).unwrap();
    }
    // Five clear days before 14 November: the agenda is out by the 6th.
    let raised = call!(clerk, raise_action, raise.clone()).unwrap();
    assert_eq!(raised.due_on, "2018-11-05");
    let moved = v1::MoveDueDateRequest {
        write: write("2018-11-09"),
        reference: raised.reference.clone(),
        due: next(),
        reason: "The figures are not out yet.".to_owned(),
    };
    let moved = call!(clerk, move_due_date, moved);
    insta::assert_snapshot!(refusal(&moved.unwrap_err()), @"InvalidArgument DUE_DATE_WRONG: a due date cannot be worked out: papers for the meeting of 14 November 2018 were due on 5 November 2018, before 9 November 2018, the day of receipt: choose a later meeting []");
    // A repetition gets its first answer, whatever meetings were arranged since.
    call!(
        clerk,
        arrange_meeting,
        meeting("pcp-2018-10-31", "2018-10-31")
    )
    .unwrap();
    let again = call!(clerk, raise_action, raise).unwrap();
    assert_eq!(
        (again.unchanged, again.due_on),
        (true, "2018-11-05".to_owned())
    );
}
