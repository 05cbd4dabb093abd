//! Who asks: tokens that do not count, roles that may not, areas that are another's.

use super::contract::{encoded, method, path, request};
use super::good::{AREA, Good, Who};
use super::wire::Sent;
use super::world::World;
use super::{Case, Expected};
use tonic::Code;

pub(super) fn cases(world: &World, good: &[Good]) -> Vec<Case> {
    let mut cases = Vec::new();
    for good in one_of_each(good) {
        let method = method(good.call);
        let reach = path(&method);
        let right = encoded(&request(&method, &good.text));
        let mut case = |what: &str, authorization, message: &[u8], expected| {
            cases.push(Case {
                name: format!("{} by {what}", good.call),
                sent: Sent::new(&reach, authorization, message),
                expected,
            });
        };
        for (what, authorization, reason) in &world.bad_tokens {
            let expected = Expected::refused(Code::Unauthenticated, reason, "");
            case(what, Some(authorization.clone()), &right, expected);
        }
        if !good.may.contains(&Who::Nobody) {
            let expected = Expected::refused(Code::Unauthenticated, "TOKEN_MISSING", "token");
            case("nobody", None, &right, expected);
            let says = "area norfolk, not for cambridgeshire-peterborough";
            let expected = Expected::refused(Code::PermissionDenied, "POLICY_DENIED", says);
            case(
                "the clerk of another area",
                Some(world.elsewhere.clone()),
                &right,
                expected,
            );
        }
        for who in Who::SIGNED_IN {
            if !good.may.contains(&who) {
                let expected =
                    Expected::refused(Code::PermissionDenied, "POLICY_DENIED", "may not");
                case(who.name(), world.authorization(who), &right, expected);
            }
        }
        if good.text.contains(AREA) {
            let elsewhere = good.text.replace(AREA, "norfolk");
            let elsewhere = encoded(&request(&method, &elsewhere));
            let expected = if good.may.contains(&Who::Nobody) {
                Expected::refused(Code::NotFound, "NOT_ON_RECORD", "norfolk")
            } else {
                Expected::refused(Code::PermissionDenied, "POLICY_DENIED", "norfolk")
            };
            let authorization = world.authorization(good.may[0]);
            case(
                "somebody about another area",
                authorization,
                &elsewhere,
                expected,
            );
        }
    }
    cases
}

/// Of calls with two good requests, the first.
pub(super) fn one_of_each(good: &[Good]) -> impl Iterator<Item = &Good> {
    let first = |at: &usize| {
        let call = good[*at].call;
        good[..*at].iter().all(|earlier| earlier.call != call)
    };
    (0..good.len()).filter(first).map(|at| &good[at])
}
