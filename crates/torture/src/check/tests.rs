//! Doctored histories of every kind are refused, and the untouched one is not.

use super::*;
use crate::history::{Kind, Outcome};
use crate::request::Wishes;
use crate::simulate::{Simulated, Size, simulate};
use event_log::Digest;

/// A history that is whole, with work of every kind in it.
fn whole() -> Simulated {
    let size = Size {
        replicas: 2,
        clients: 3,
        requests: 25,
        wishes: Wishes::Every,
    };
    let found = (0..400)
        .map(|seed| simulate(seed, size).unwrap())
        .find(|simulated| {
            let refused = |reason: &str| {
                simulated.ops.iter().any(
                    |op| matches!(&op.outcome, Outcome::Refused { reason: r, .. } if r == reason),
                )
            };
            let written = |kind| {
                simulated
                    .ops
                    .iter()
                    .any(|op| op.kind == kind && has_own(op))
            };
            simulated.problems.is_empty()
                && refused("ACTION_CLOSED")
                && written(Kind::Split)
                && written(Kind::Update)
                && written(Kind::Reopen)
                && written(Kind::Submit)
                && written(Kind::Undertake)
                && written(Kind::Register)
                && carrying(&simulated.ops).is_some()
                && simulated
                    .ops
                    .iter()
                    .any(|op| has_own(op) && !op.again.is_empty())
        });
    found.expect("one of the seeds has everything")
}

/// How many records the register has.
const BEFORE: usize = 9;

fn has_own(op: &Op) -> bool {
    matches!(&op.outcome, Outcome::Acknowledged(written) if !written.unchanged)
}

/// A restriction that was carried on to others.
fn carrying(ops: &[Op]) -> Option<&Op> {
    ops.iter().find(|op| {
        matches!(&op.outcome, Outcome::Acknowledged(written)
            if !written.unchanged && !written.also_restricted.is_empty())
    })
}

/// What the checks say after a change.
fn kinds(change: impl FnOnce(&mut Vec<Op>, &mut Vec<Record>)) -> Vec<&'static str> {
    let Simulated {
        mut ops,
        mut records,
        before,
        ..
    } = whole();
    assert_eq!(before, BEFORE);
    change(&mut ops, &mut records);
    let evidence = Evidence {
        ops: &ops,
        records: &records,
        before: BEFORE,
    };
    let mut kinds: Vec<_> = problems(&evidence).iter().map(Problem::kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

fn of_kind(ops: &mut [Op], kind: Kind) -> &mut Op {
    let op = ops.iter_mut().find(|op| op.kind == kind && has_own(op));
    op.expect("such a request")
}

fn position(op: &Op) -> Sequence {
    match &op.outcome {
        Outcome::Acknowledged(written) => written.position,
        other => panic!("{other:?}"),
    }
}

/// Takes a record out and closes the gap.
fn forget(records: &mut Vec<Record>, id: Uuid) {
    records.retain(|record| record.id != id);
    for (sequence, record) in (1..).zip(records) {
        record.sequence = sequence;
    }
}

#[test]
fn an_untouched_history_is_whole() {
    assert!(kinds(|_, _| ()).is_empty());
}

#[test]
fn a_lost_message_is_found() {
    let found = kinds(|ops, records| forget(records, of_kind(ops, Kind::Update).id));
    assert!(found.contains(&"lost"), "{found:?}");
    // A lost first message of several is found as well.
    let found = kinds(|ops, records| {
        let piece = of_kind(ops, Kind::Split).message_ids()[1];
        forget(records, piece);
    });
    assert!(found.contains(&"lost"), "{found:?}");
}

#[test]
fn a_doubled_message_is_found() {
    let found = kinds(|ops, records| {
        let at = position(of_kind(ops, Kind::Update)) as usize - 1;
        let sequence = records.len() as u64 + 1;
        records.push(Record {
            sequence,
            ..records[at].clone()
        });
    });
    assert!(found.contains(&"doubled"), "{found:?}");
}

#[test]
fn a_message_that_nobody_sent_is_found() {
    let found = kinds(|ops, _| {
        let id = of_kind(ops, Kind::Update).id;
        ops.retain(|op| op.id != id);
    });
    assert_eq!(found, ["unsent"]);
}

#[test]
fn a_wrong_position_and_wrong_events_are_found() {
    let found = kinds(|ops, _| {
        if let Outcome::Acknowledged(written) = &mut of_kind(ops, Kind::Update).outcome {
            written.position += 1;
        }
    });
    assert!(found.contains(&"mistold"), "{found:?}");
    let found = kinds(|ops, _| {
        if let Outcome::Acknowledged(written) = &mut of_kind(ops, Kind::Update).outcome {
            written.events = vec!["action.closed.v1".to_owned()];
        }
    });
    assert!(found.contains(&"mistold"), "{found:?}");
}

#[test]
fn another_answer_to_the_same_request_is_found() {
    let found = kinds(|ops, _| {
        let op = ops
            .iter_mut()
            .find(|op| has_own(op) && !op.again.is_empty())
            .unwrap();
        if let Outcome::Acknowledged(written) = &mut op.again[0] {
            written.position += 1;
        }
    });
    assert_eq!(found, ["answers differ"]);
}

#[test]
fn what_was_refused_and_is_on_record_is_found() {
    let found = kinds(|ops, _| {
        of_kind(ops, Kind::Update).outcome = Outcome::Refused {
            reason: "POLICY_DENIED".to_owned(),
            reference: String::new(),
            recorded: String::new(),
        };
    });
    assert_eq!(found, ["refused yet recorded"]);
}

#[test]
fn what_nobody_answered_and_what_failed_is_found() {
    let found = kinds(|ops, _| of_kind(ops, Kind::Update).outcome = Outcome::Unknown);
    assert_eq!(found, ["unresolved"]);
    let fault = Outcome::Fault("Internal INTERNAL_FAULT".to_owned());
    let found = kinds(|ops, _| of_kind(ops, Kind::Update).outcome = fault);
    assert_eq!(found, ["fault"]);
}

#[test]
fn an_answer_that_came_before_its_cause_is_found() {
    // A refusal because it is closed, said to be over before anything was asked.
    let found = kinds(|ops, _| {
        let refused = ops.iter_mut().find(|op| {
            matches!(&op.outcome, Outcome::Refused { reason, .. } if reason == "ACTION_CLOSED")
        });
        let refused = refused.unwrap();
        (refused.begun, refused.ended) = (0, 0);
    });
    assert_eq!(found, ["not linearizable"]);
    // A reopening that ended before the closing of the same action began.
    let found = kinds(|ops, _| {
        let reopened = of_kind(ops, Kind::Reopen);
        (reopened.begun, reopened.ended) = (0, 0);
    });
    assert_eq!(found, ["not linearizable"]);
}

#[test]
fn a_return_that_is_lost_and_an_entry_that_is_told_elsewhere_are_found() {
    for kind in [Kind::Submit, Kind::Register] {
        let found = kinds(|ops, records| forget(records, of_kind(ops, kind).id));
        assert!(found.contains(&"lost"), "{kind:?}: {found:?}");
        let found = kinds(|ops, _| {
            if let Outcome::Acknowledged(written) = &mut of_kind(ops, kind).outcome {
                written.reference = "PCP/2018/001".to_owned();
            }
        });
        assert!(found.contains(&"mistold"), "{kind:?}: {found:?}");
    }
    // A return that was sent after it was refused as sent.
    let found = kinds(|ops, _| {
        let sent = of_kind(ops, Kind::Submit);
        let subject = sent.references[0].clone();
        let refused = Op {
            id: Uuid::from_u128(7),
            kind: Kind::Submit,
            references: vec![subject],
            begun: 0,
            ended: 0,
            attempts: 1,
            again: vec![],
            outcome: Outcome::Refused {
                reason: "RETURN_DIFFERS".to_owned(),
                reference: String::new(),
                recorded: String::new(),
            },
            ..sent.clone()
        };
        ops.push(refused);
    });
    assert_eq!(found, ["not linearizable"]);
}

#[test]
fn a_restriction_that_was_not_carried_on_is_found() {
    let also = |ops: &[Op]| {
        let op = carrying(ops).unwrap();
        let Outcome::Acknowledged(written) = &op.outcome else {
            panic!("{op:?}");
        };
        (op.id, written.also_restricted.clone())
    };
    let found = kinds(|ops, records| {
        let (id, also) = also(ops);
        for also in also {
            forget(
                records,
                Uuid::new_v5(&id, format!("restrict/{also}").as_bytes()),
            );
        }
    });
    assert!(found.contains(&"mistold"), "{found:?}");
    // Whoever carried it on is who sent it.
    let found = kinds(|ops, _| {
        let (id, _) = also(ops);
        ops.retain(|op| op.id != id);
    });
    assert!(found.contains(&"unsent"), "{found:?}");
}

#[test]
fn words_that_are_restricted_here_and_public_there_are_found() {
    // A child whose parent is restricted, and who is not.
    let found = kinds(|_, records| {
        let told: Vec<Told> = records.iter().filter_map(Told::of).collect();
        let lifted = |told: &Told| told.effect.mark == Some(Mark::Lifted);
        let carried: Vec<_> = told
            .iter()
            .filter(|told| told.effect.mark == Some(Mark::Restricted))
            .filter(|told| told.effect.life == Life::Note && told.id.get_version_num() == 5)
            .filter(|t| !told.iter().any(|l| lifted(l) && l.reference == t.reference))
            .map(|told| told.id)
            .collect();
        carried.into_iter().for_each(|id| forget(records, id));
    });
    assert!(found.contains(&"leaked"), "{found:?}");
}

#[test]
fn what_depends_on_view_clock_and_holder_is_put_in_order() {
    let raise = entry(0, 1, Step::Write(5, Effect::RAISE));
    let write = |begun, ended, at, mark| {
        let life = Life::Note;
        let mark = Some(mark);
        entry(begun, ended, Step::Write(at, Effect { life, mark }))
    };
    let look = |begun, ended, sight| entry(begun, ended, Step::Look(sight));
    let in_turn = |first, second, sight: fn(bool) -> Sight| {
        let steps = |sight| {
            let first = write(2, 3, 6, first);
            linearize(&[
                raise.clone(),
                first,
                look(4, 5, sight),
                write(6, 7, 8, second),
            ])
            .is_ok()
        };
        assert!(steps(sight(true)) && !steps(sight(false)));
        // The second cannot be where the first was not.
        assert!(linearize(&[raise.clone(), write(2, 3, 6, second)]).is_err());
        assert!(linearize(&[raise.clone(), write(2, 3, 6, first), write(4, 5, 7, first)]).is_err());
    };
    in_turn(Mark::Restricted, Mark::Lifted, Sight::Restricted);
    in_turn(Mark::Paused, Mark::Resumed, Sight::Paused);
    let given = write(2, 3, 6, Mark::Delegated);
    let taken = write(4, 5, 7, Mark::Accepted);
    let whole = [raise.clone(), given.clone(), taken.clone()];
    assert!(linearize(&whole).is_ok());
    let declined = write(6, 7, 8, Mark::Declined);
    assert!(linearize(&[whole.as_slice(), &[declined]].concat()).is_err());
    let nobody = look(6, 7, Sight::Held(&[Held::Nobody]));
    assert!(linearize(&[whole.as_slice(), &[nobody]].concat()).is_err());
}

#[test]
fn a_gap_in_the_numbers_and_in_the_log_is_found() {
    let found = kinds(|_, records| {
        let numbered = |told: Told| told.reference.starts_with("PCP/");
        let first = records
            .iter()
            .position(|r| Told::of(r).is_some_and(numbered))
            .unwrap();
        let id = records[first].id;
        forget(records, id);
    });
    assert!(found.contains(&"numbering"), "{found:?}");
    let found = kinds(|_, records| {
        records.remove(BEFORE + 2);
    });
    assert!(found.contains(&"diverged"), "{found:?}");
    let found = kinds(|_, records| {
        let last = records.last_mut().unwrap();
        (last.body, last.digest) = (bytes::Bytes::from_static(b"{}"), Digest::of(b""));
    });
    assert!(found.contains(&"diverged"), "{found:?}");
}

fn entry(begun: u64, ended: u64, step: Step) -> Entry {
    Entry {
        begun,
        ended,
        step,
        what: format!("{step:?}"),
    }
}

#[test]
fn overlapping_steps_are_put_in_order_and_others_are_not() {
    let raise = entry(0, 1, Step::Write(5, Effect::RAISE));
    let close = |begun, ended| entry(begun, ended, Step::Write(7, Effect::CLOSE));
    let update = |begun, ended| entry(begun, ended, Step::Write(6, Effect::KEEP));
    let sees_open = |begun, ended| entry(begun, ended, Step::Look(Sight::Open));
    // The update, told last, was before the closing: both were under way.
    assert!(linearize(&[raise.clone(), close(2, 9), update(3, 10)]).is_ok());
    // It cannot have been when it began after the closing ended.
    assert!(linearize(&[raise.clone(), close(2, 3), update(4, 10)]).is_err());
    // A stale look: open, seen after the closing ended.
    assert!(linearize(&[raise.clone(), close(2, 6), sees_open(3, 4)]).is_ok());
    let stuck = linearize(&[raise.clone(), close(2, 3), sees_open(4, 5)]).unwrap_err();
    assert_eq!(
        (stuck.explained, stuck.next),
        (2, vec!["Look(Open)".to_owned()])
    );
    // Two that raise one action.
    let again = entry(0, 9, Step::Write(6, Effect::RAISE));
    assert!(linearize(&[raise, again]).is_err());
}

#[test]
fn many_overlapping_steps_are_searched_in_time() {
    let mut entries = vec![entry(0, 1, Step::Write(1, Effect::RAISE))];
    entries.extend(
        (2..300)
            .rev()
            .map(|n| entry(2, 1_000, Step::Write(n, Effect::KEEP))),
    );
    entries.extend((2..300).map(|n| entry(2, 1_000, Step::Look(Sight::At(n)))));
    assert!(linearize(&entries).is_ok());
    entries.push(entry(2, 1_000, Step::Look(Sight::At(400))));
    assert!(linearize(&entries).is_err());
}

#[test]
fn a_reader_who_saw_something_else_is_found() {
    let simulated = whole();
    let told: Vec<Told> = simulated.records.iter().filter_map(Told::of).collect();
    let update = told
        .iter()
        .find(|told| told.events == ["action.updated.v1"])
        .unwrap();
    let seen = Seen {
        reference: update.reference.clone(),
        promised: update.position,
        position: update.position,
        last: update.position,
        closed: false,
    };
    let misread = |seen: Seen| misread(&[seen], &simulated.records).len();
    assert_eq!(misread(seen.clone()), 0);
    assert_eq!(
        misread(Seen {
            closed: true,
            ..seen.clone()
        }),
        1
    );
    assert_eq!(
        misread(Seen {
            last: seen.last - 1,
            ..seen.clone()
        }),
        1
    );
    assert_eq!(
        misread(Seen {
            position: seen.position - 1,
            ..seen.clone()
        }),
        1
    );
    assert_eq!(
        misread(Seen {
            promised: seen.position + 1,
            ..seen
        }),
        1
    );
}
