//! Requests: bytes to messages, messages to what is asked, and every bad field named.

use super::{Target, said};
use api::failure::Violations;
use api::message;
use api::request::{self, Call};
use api::v1;
use prost::Message as _;

pub(super) fn targets() -> Vec<Target> {
    vec![
        Target {
            name: "write-request",
            most: 2_048,
            corpus: writes,
            give: write,
        },
        Target {
            name: "read-request",
            most: 2_048,
            corpus: reads,
            give: read,
        },
    ]
}

/// The bad fields of a refusal: each with a name and a sentence, none twice over.
fn named(wrong: &Violations) {
    assert!(!wrong.is_empty(), "refused without a field");
    assert!(wrong.iter().count() <= 100);
    for violation in wrong.iter() {
        assert!(
            !violation.field.is_empty(),
            "a field without a name: {wrong:?}"
        );
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"._[]".contains(&b);
        assert!(violation.field.bytes().all(plain), "{:?}", violation.field);
        said(&violation.description);
    }
}

fn checked<C: Call>(bytes: &[u8]) -> bool {
    let Ok(message) = C::decode(bytes) else {
        return false;
    };
    let first = request::read(&message);
    assert_eq!(
        first,
        request::read(&message),
        "the same request, read twice"
    );
    match first {
        Ok(asked) => {
            // What is digested and journalled is the message written again: it asks for the same.
            let again = C::decode(message.encode_to_vec().as_slice()).unwrap();
            assert_eq!(request::read(&again).as_ref(), Ok(&asked));
            true
        }
        Err(wrong) => {
            named(&wrong);
            false
        }
    }
}

macro_rules! calls {
    ($($request:ident),+ $(,)?) => {
        /// Every request of the command service, by the number in the first byte.
        const CALLS: &[fn(&[u8]) -> bool] = &[$(checked::<v1::$request>),+];
    };
}

calls!(
    RaiseActionRequest,
    TriageActionRequest,
    DelegateActionRequest,
    AcceptDelegationRequest,
    DeclineDelegationRequest,
    TransferActionRequest,
    RecordUpdateRequest,
    RespondToActionRequest,
    CorrectResponseRequest,
    MoveDueDateRequest,
    PauseClockRequest,
    ResumeClockRequest,
    RestrictActionRequest,
    LiftRestrictionRequest,
    ProposeClosureRequest,
    CloseActionRequest,
    ReopenActionRequest,
    WithdrawActionRequest,
    LinkActionsRequest,
    SplitActionRequest,
    RaiseUndertakingRequest,
    RegisterBodyRequest,
    RenameBodyRequest,
    EndBodyRequest,
    RegisterGroupRequest,
    RenameGroupRequest,
    DetailGroupRequest,
    EndGroupRequest,
    OpenSeriesRequest,
    ArrangeMeetingRequest,
    ScheduleReturnsRequest,
    SaveReturnDraftRequest,
    SubmitReturnRequest,
    CorrectReturnRequest,
);

fn write(bytes: &[u8]) -> bool {
    let Some((first, message)) = bytes.split_first() else {
        return false;
    };
    CALLS[usize::from(*first) % CALLS.len()](message)
}

fn head() -> Option<v1::Write> {
    Some(v1::Write {
        request_id: "1b4e28ba-2fa1-41d2-883f-0016d3cca427".to_owned(),
        area: "cambs".to_owned(),
        on: "2018-11-09".to_owned(),
        etag: "7".to_owned(),
    })
}

fn citation() -> v1::Citation {
    v1::Citation {
        title: "Offender report".to_owned(),
        paragraph: "7.2".to_owned(),
        link: "https://example.org".to_owned(),
        dated: "2018-07-01".to_owned(),
    }
}

fn progress() -> Option<v1::Progress> {
    Some(v1::Progress {
        rag: 2,
        narrative: "Counted.".to_owned(),
        recovery: "Count again.".to_owned(),
        milestone: "Half".to_owned(),
        expected_on: "2018-12-24".to_owned(),
        evidence: vec![citation()],
    })
}

/// One request of each shape, each under its number; their fields have the numbers of many others.
fn writes() -> Vec<Vec<u8>> {
    let due = |rule| Some(v1::DueRule { rule: Some(rule) });
    let covered = vec![v1::PartCoverage {
        part: "a".to_owned(),
        coverage: 2,
    }];
    let raise = v1::RaiseActionRequest {
        write: head(),
        series: "pcp-2018".to_owned(),
        kind: 1,
        text: "How many lanterns?".to_owned(),
        topic: "Lanterns".to_owned(),
        meeting: "september".to_owned(),
        minute: "5.2".to_owned(),
        asked_of: "opcc".to_owned(),
        raised_by: "The Panel".to_owned(),
        parts: vec!["How many?".to_owned(), "Who paid?".to_owned()],
        due: due(v1::due_rule::Rule::OnDate("2018-10-10".to_owned())),
        ..Default::default()
    };
    let respond = v1::RespondToActionRequest {
        write: head(),
        reference: "PCP/2018/014".to_owned(),
        kind: 2,
        text: "Forty.".to_owned(),
        coverage: covered.clone(),
        citations: vec![citation()],
        also_answers: vec![v1::AlsoAnswers {
            reference: "PCP/2018/015".to_owned(),
            coverage: covered,
        }],
        expected_on: "2018-12-24".to_owned(),
    };
    let update = v1::RecordUpdateRequest {
        write: head(),
        reference: "PCP/2018/014".to_owned(),
        period: "Q3 2018/19".to_owned(),
        progress: progress(),
    };
    let moved = v1::MoveDueDateRequest {
        write: head(),
        reference: "PCP/2018/014".to_owned(),
        due: due(v1::due_rule::Rule::WorkingDays(v1::WorkingDays {
            days: 20,
            calendar: 1,
        })),
        reason: "More time.".to_owned(),
    };
    let restrict = v1::RestrictActionRequest {
        write: head(),
        reference: "PCP/2018/014".to_owned(),
        ground: Some(v1::Ground {
            ground: Some(v1::ground::Ground::Schedule12aParagraph(7)),
        }),
        reason: "It would tell where.".to_owned(),
        review_on: "2019-11-09".to_owned(),
        explanation: "Held back.".to_owned(),
        public_title: "A matter".to_owned(),
    };
    let split = v1::SplitActionRequest {
        write: head(),
        reference: "PCP/2018/014".to_owned(),
        pieces: vec![
            v1::SplitPiece {
                text: "How many?".to_owned(),
                parts: vec!["a".to_owned()]
            };
            2
        ],
        series: "pcp-2018".to_owned(),
        reason: "Two owners.".to_owned(),
    };
    let series = v1::OpenSeriesRequest {
        write: head(),
        id: "pcp-2018".to_owned(),
        body: "pcp".to_owned(),
        year: 2018,
        pattern: "PCP/{year}/{n:03}".to_owned(),
        title: "2018".to_owned(),
    };
    let group = v1::RegisterGroupRequest {
        write: head(),
        id: "drugs".to_owned(),
        name: "Drugs".to_owned(),
        board: "board".to_owned(),
        details: Some(v1::GroupDetails {
            aliases: vec!["The Group".to_owned()],
            lead_bodies: vec!["The Board".to_owned()],
            objectives: vec!["Fewer.".to_owned()],
        }),
    };
    let sent = v1::CorrectReturnRequest {
        write: head(),
        group: "drugs".to_owned(),
        quarter: "Q1 2018/19".to_owned(),
        content: Some(v1::ReturnContent {
            overall: 1,
            position: "Well.".to_owned(),
            updates: vec![v1::ReturnUpdate {
                reference: "PCP/2018/014".to_owned(),
                progress: progress(),
            }],
            risks: "Few.".to_owned(),
            help_needed: "None.".to_owned(),
        }),
        reason: "Miscounted.".to_owned(),
    };
    let of = |number: u8, message: Vec<u8>| [vec![number], message].concat();
    vec![
        of(0, raise.encode_to_vec()),
        of(7, respond.encode_to_vec()),
        of(6, update.encode_to_vec()),
        of(9, moved.encode_to_vec()),
        of(12, restrict.encode_to_vec()),
        of(19, split.encode_to_vec()),
        of(28, series.encode_to_vec()),
        of(24, group.encode_to_vec()),
        of(33, sent.encode_to_vec()),
    ]
}

/// Reading, filter, order and page of a list: the same twice, every bad field named.
fn read(bytes: &[u8]) -> bool {
    let Ok(asked) = v1::ListActionsRequest::decode(bytes) else {
        return false;
    };
    let judge = || {
        let mut wrong = Violations::new();
        let reading = message::reading(asked.reading.as_ref(), &mut wrong);
        let filter = message::action_filter(asked.filter.as_ref(), &mut wrong);
        let sort = message::order(asked.order, &mut wrong);
        let size = message::page_size(asked.page_size, 50, &mut wrong);
        message::view(asked.view, &mut wrong);
        (reading, filter, sort, size, wrong)
    };
    let (reading, filter, sort, size, wrong) = judge();
    let (again, same, ..) = judge();
    assert_eq!((&reading, &filter), (&again, &same));
    if !wrong.is_empty() {
        named(&wrong);
        return false;
    }
    assert!((1..=1_000).contains(&size));
    let reading = reading.expect("nothing was wrong");
    let list = message::List {
        of: "ListActions",
        reading: &reading,
        filter: &filter,
        sort,
        since: None,
    };
    // No page token of chance is one of this list.
    assert!(asked.page_token.is_empty() || list.cursor(&asked.page_token).is_err());
    true
}

fn reads() -> Vec<Vec<u8>> {
    let reading = Some(v1::Reading {
        area: "cambs".to_owned(),
        as_of: Some(v1::AsOf {
            true_on: "2018-11-09".to_owned(),
            known_at: None,
            known_position: 7,
        }),
        token: String::new(),
    });
    let filter = Some(v1::ActionFilter {
        kinds: vec![1, 2],
        asked_of: "opcc".to_owned(),
        raised_by: "pcp".to_owned(),
        delegated_to: "drugs".to_owned(),
        topic: "Lanterns".to_owned(),
        theme: "Light".to_owned(),
        meeting: "september".to_owned(),
        statuses: vec![1, 2, 3],
        open: Some(true),
        rags: vec![3],
        overdue: Some(false),
        due_from: "2018-01-01".to_owned(),
        due_to: "2018-12-31".to_owned(),
        restricted: Some(false),
        coverages: vec![1],
        text: "lantern".to_owned(),
    });
    let list = v1::ListActionsRequest {
        reading: reading.clone(),
        filter,
        order: 3,
        page_size: 50,
        page_token: String::new(),
        view: 1,
    };
    let plain = v1::ListActionsRequest {
        reading,
        ..Default::default()
    };
    vec![list.encode_to_vec(), plain.encode_to_vec()]
}
