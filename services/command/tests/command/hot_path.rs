//! What a write asks of the log: one append, and nothing else that takes a way to a server.

use crate::asks::*;
use crate::call;
use crate::counted::Counted;
use crate::on_both_logs;
use crate::rig::{On, Rig};
use domain::policy::Role;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

on_both_logs! {
    a_fresh_write_is_one_append,
    a_refusal_and_a_repetition_are_looked_up_exactly,
    a_kept_reference_costs_the_same_however_many_there_are,
}

/// A service on a log that counts.
async fn counted(rig: &mut Rig) -> (Counted, SocketAddr) {
    let counted = Counted::new(Arc::clone(&rig.log));
    let service = rig.service_on(Arc::new(counted.clone()), "counted");
    let server = rig.serve_this(service).await;
    (counted, server)
}

async fn a_fresh_write_is_one_append(on: On) {
    let (mut rig, _) = Rig::with_register_on(on).await;
    let (counted, server) = counted(&mut rig).await;
    let clerk = rig.caller(server, Role::Clerk).await;
    let office = rig.caller(server, Role::Office).await;
    // The first write finds the end of the series, the register and the log's identity.
    call!(clerk, raise_action, question()).unwrap();
    counted.take();
    let began = Instant::now();
    for _ in 0..10 {
        let reference = call!(clerk, raise_action, question()).unwrap().reference;
        call!(office, delegate_action, delegate(&reference, DRUGS)).unwrap();
        call!(clerk, withdraw_action, withdraw(&reference)).unwrap();
    }
    let mut asked = counted.take();
    // The register, at most once a second.
    let registers = asked.remove("read_subject").unwrap_or(0);
    let seconds = usize::try_from(began.elapsed().as_secs()).unwrap();
    assert!(registers <= 1 + seconds, "{registers} in {seconds} s");
    assert_eq!(asked, BTreeMap::from([("append", 30), ("seen", 30)]));
}

async fn a_refusal_and_a_repetition_are_looked_up_exactly(on: On) {
    let (mut rig, first) = Rig::with_register_on(on).await;
    let (counted, server) = counted(&mut rig).await;
    let clerk = rig.caller(server, Role::Clerk).await;
    let reference = call!(clerk, raise_action, question()).unwrap().reference;
    let withdrawal = withdraw(&reference);
    call!(first, withdraw_action, withdrawal.clone()).unwrap();
    counted.take();
    // Refused by what another replica recorded.
    let refused = close(&reference, api::v1::Outcome::Noted);
    call!(clerk, close_action, refused).unwrap_err();
    assert_eq!(counted.take().get("find"), Some(&1));
    // The same request through another replica: its first answer, whatever stands by now.
    let again = call!(clerk, withdraw_action, withdrawal).unwrap();
    assert!(again.unchanged);
    assert_eq!(again.events, ["action.withdrawn.v1"]);
}

/// An import of many rows takes as long for the last as for the first.
async fn a_kept_reference_costs_the_same_however_many_there_are(on: On) {
    let (mut rig, _) = Rig::with_register_on(on).await;
    let (counted, server) = counted(&mut rig).await;
    let clerk = rig.caller(server, Role::Clerk).await;
    let mut began = Instant::now();
    for number in 1..=200 {
        if number == 101 {
            counted.take();
            began = Instant::now();
        }
        let kept = api::v1::RaiseActionRequest {
            series: String::new(),
            kept_reference: format!("PCP/2018/{number:03}"),
            ..question()
        };
        call!(clerk, raise_action, kept).unwrap();
    }
    let mut asked = counted.take();
    // Of each its own subject, and the register at most once a second.
    let read = asked.remove("read_subject").unwrap();
    let seconds = usize::try_from(began.elapsed().as_secs()).unwrap();
    assert!((100..=101 + seconds).contains(&read), "{read}");
    assert_eq!(asked, BTreeMap::from([("append", 100), ("seen", 100)]));
}
