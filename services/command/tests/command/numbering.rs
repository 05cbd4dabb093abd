//! Numbers of a series beside references that were kept from elsewhere and look like its numbers.

use crate::asks::*;
use crate::call;
use crate::on_both_logs;
use crate::rig::{Caller, On, Rig};
use api::v1;
use domain::policy::Role;

on_both_logs! {
    a_thousand_kept_numbers_are_passed,
    holes_are_filled_and_what_stands_far_ahead_is_passed,
    two_replicas_pass_the_same_kept_numbers,
}

async fn keep(clerk: &Caller, numbers: impl IntoIterator<Item = u32>) {
    for number in numbers {
        let raise = v1::RaiseActionRequest {
            series: String::new(),
            kept_reference: format!("PCP/2018/{number:03}"),
            ..question()
        };
        call!(clerk, raise_action, raise).unwrap();
    }
}

async fn next(clerk: &Caller) -> String {
    call!(clerk, raise_action, question()).unwrap().reference
}

/// A clerk of a process that knows nothing of the series yet.
async fn after_a_restart(rig: &mut Rig) -> Caller {
    let server = rig.serve().await;
    rig.caller(server, Role::Clerk).await
}

async fn a_thousand_kept_numbers_are_passed(on: On) {
    let (mut rig, clerk) = Rig::with_register_on(on).await;
    keep(&clerk, 1..=1_000).await;
    assert_eq!(next(&clerk).await, "PCP/2018/1001");
    assert_eq!(next(&clerk).await, "PCP/2018/1002");
    let clerk = after_a_restart(&mut rig).await;
    assert_eq!(next(&clerk).await, "PCP/2018/1003");
    keep(&clerk, 1_004..=1_300).await;
    assert_eq!(next(&clerk).await, "PCP/2018/1301");
    keep(&clerk, 1_302..=1_600).await;
    let clerk = after_a_restart(&mut rig).await;
    assert_eq!(next(&clerk).await, "PCP/2018/1601");
}

async fn holes_are_filled_and_what_stands_far_ahead_is_passed(on: On) {
    let (mut rig, clerk) = Rig::with_register_on(on).await;
    keep(&clerk, [1, 3, 7, 900]).await;
    for expected in ["002", "004", "005"] {
        assert_eq!(next(&clerk).await, format!("PCP/2018/{expected}"));
    }
    let mut clerk = clerk;
    for expected in ["006", "008", "009", "010"] {
        clerk = after_a_restart(&mut rig).await;
        assert_eq!(next(&clerk).await, format!("PCP/2018/{expected}"));
    }
    keep(&clerk, 11..=40).await;
    keep(&clerk, 42..=60).await;
    let clerk = after_a_restart(&mut rig).await;
    assert_eq!(next(&clerk).await, "PCP/2018/041");
    assert_eq!(next(&clerk).await, "PCP/2018/061");
}

async fn two_replicas_pass_the_same_kept_numbers(on: On) {
    let (mut rig, first) = Rig::with_register_on(on).await;
    let second = after_a_restart(&mut rig).await;
    assert_eq!(next(&first).await, "PCP/2018/001");
    assert_eq!(next(&second).await, "PCP/2018/002");
    keep(&first, 3..=300).await;
    let mut given = vec![];
    for _ in 0..5 {
        let (a, b) = tokio::join!(next(&first), next(&second));
        given.extend([a, b]);
    }
    given.sort();
    let expected: Vec<_> = (301..=310).map(|n| format!("PCP/2018/{n}")).collect();
    assert_eq!(given, expected);
}
