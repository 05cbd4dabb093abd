//! Tokens that do not count: refused over gRPC, and nothing is written.

use crate::rig::{Way, small_record};
use api::clock::Clock;
use domain::policy::{Principal, Role};
use identity::Issuer;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// A token of the right issuer that counted for an hour, years ago.
fn expired(identity: &Path) -> String {
    let clock: Clock = Arc::new(|| "2018-09-12T10:00:00Z".parse().unwrap());
    let then = clock();
    let an_hour = (then + Duration::from_secs(3600)) - then;
    let principal = Principal {
        subject: "clerk".to_owned(),
        name: "The clerk of then".to_owned(),
        role: Role::Clerk,
        group: None,
        area: "cambridgeshire-peterborough".to_owned(),
    };
    let issuer = Issuer::open_or_create(identity).unwrap();
    let id = uuid::Uuid::from_u128(1);
    issuer.issue(&principal, an_hour, then, id).unwrap()
}

#[test]
fn a_token_that_does_not_count_writes_nothing() {
    let (folder, way) = small_record();
    let data = folder.path().join("data");
    let before = way.run(&["export"]).done().out;
    let file = |name: &str| folder.path().join(name).display().to_string();
    let issue = |way: &Way, file: &str, area: &str| {
        let role = ["token", "issue", "--role", "clerk", "--name", "Clerk"];
        way.run(&[&role[..], &["--out", file, "--area", area]].concat())
            .done();
    };
    let here = "cambridgeshire-peterborough";
    let (old, foreign) = (file("old.token"), file("foreign.token"));
    let (elsewhere, good) = (file("elsewhere.token"), file("good.token"));
    std::fs::write(&old, expired(&data.join("identity"))).unwrap();
    issue(&Way::data(&folder.path().join("other")), &foreign, here);
    issue(&way, &elsewhere, "norfolk");
    issue(&way, &good, here);

    let serve = ["serve", "--data", &data.display().to_string()].map(ToOwned::to_owned);
    let mut serve: Vec<&str> = serve.iter().map(String::as_str).collect();
    serve.extend(["--listen", "127.0.0.1:0", "--metrics", "127.0.0.1:0"]);
    let server = Way::nowhere().serve(&serve, "serving at");
    let raise = |token: &str| {
        Way::nowhere()
            .and("MATTERS_SERVER", &server.url)
            .and("MATTERS_TOKEN_FILE", token)
            .run(&[
                "action",
                "raise",
                "Is it getting better?",
                "--meeting",
                "september",
                "--due-in",
                "20",
            ])
    };
    raise(&old).ended(4);
    raise(&foreign).ended(4);
    raise(&elsewhere).ended(5);
    let public = Way::nowhere().and("MATTERS_SERVER", &server.url);
    let rows = public.run(&["action", "list", "--json"]).done().out;
    assert_eq!(rows.trim(), "[]");
    raise(&good).done();
    assert_eq!(server.stop(), Some(0));
    let after = way.run(&["export"]).done().out;
    assert_eq!(after.lines().count(), before.lines().count() + 1);
}
