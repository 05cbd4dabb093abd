use super::*;
use std::fmt::Write as _;

fn principal(role: Role) -> Principal {
    Principal {
        subject: "p".into(),
        name: "P".into(),
        role,
        group: (role == Role::Group).then(|| "prevent".into()),
        area: "cambs".into(),
    }
}

/// The whole policy as one table: a change of any cell is seen in review.
#[test]
fn the_policy_as_a_table() {
    let mut table = String::from(
        "operation,clerk,office of a group's,office of a body's,own group,other group,auditor,public,operator\n",
    );
    for operation in Operation::ALL {
        let own = Facts {
            area: "cambs",
            group: Some("prevent"),
        };
        let other = Facts {
            area: "cambs",
            group: Some("mental-health"),
        };
        let body = Facts {
            area: "cambs",
            group: None,
        };
        let mut row = format!("{operation:?}");
        for (role, facts) in [
            (Role::Clerk, own),
            (Role::Office, own),
            (Role::Office, body),
            (Role::Group, own),
            (Role::Group, other),
            (Role::Auditor, own),
            (Role::Public, own),
            (Role::Operator, own),
        ] {
            let cell = match decide(&principal(role), operation, facts) {
                Verdict::Allow(rule) => rule.id(),
                Verdict::Deny(_) => "-",
            };
            write!(row, ",{cell}").unwrap();
        }
        writeln!(table, "{row}").unwrap();
    }
    insta::assert_snapshot!(table);
}

#[test]
fn a_token_counts_in_its_own_area_only() {
    let elsewhere = Facts {
        area: "kent",
        group: None,
    };
    for role in Role::ALL {
        for operation in Operation::ALL {
            let verdict = decide(&principal(role), operation, elsewhere);
            if operation == Operation::ReadPublished {
                continue;
            }
            assert_eq!(
                verdict,
                Verdict::Deny(Rule::OtherArea),
                "{role:?} {operation:?}"
            );
        }
    }
}

#[test]
fn the_office_answers_where_no_group_can() {
    let office = principal(Role::Office);
    for operation in [Operation::AcceptDelegation, Operation::DeclineDelegation] {
        let verdict = |group| {
            let facts = Facts {
                area: "cambs",
                group,
            };
            decide(&office, operation, facts)
        };
        assert_eq!(verdict(None), Verdict::Allow(Rule::CommissionerAnswers));
        assert_eq!(verdict(Some("prevent")), Verdict::Deny(Rule::OtherGroup));
    }
}

#[test]
fn a_group_without_a_name_owns_nothing() {
    let mut nobody = principal(Role::Group);
    nobody.group = None;
    let facts = Facts {
        area: "cambs",
        group: None,
    };
    assert!(!decide(&nobody, Operation::RecordUpdate, facts).allowed());
}
