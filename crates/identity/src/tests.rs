//! What is accepted, and every way in which a token or a key is refused, with the text that people read.

mod keys;

use crate::*;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use domain::policy::{Principal, Role};
use ed25519_dalek::pkcs8::DecodePrivateKey as _;
use ed25519_dalek::{Signer as _, SigningKey};
use serde_json::{Value, json};
use std::fs;
use uuid::Uuid;

fn now() -> DateTime<Utc> {
    "2018-11-09T12:00:00Z".parse().unwrap()
}

fn clerk() -> Principal {
    Principal {
        subject: "clerk-1".to_owned(),
        name: "Jane Clerk".to_owned(),
        role: Role::Clerk,
        group: None,
        area: "cambridgeshire-peterborough".to_owned(),
    }
}

/// An issuer in a folder of its own, its verifier, and its newest private key, to forge with.
struct Place {
    folder: tempfile::TempDir,
    issuer: Issuer,
    verifier: Verifier,
}

impl Place {
    fn new() -> Place {
        let folder = tempfile::tempdir().unwrap();
        let issuer = Issuer::open_or_create(folder.path()).unwrap();
        let verifier = Verifier::from_dir(folder.path()).unwrap();
        Place {
            folder,
            issuer,
            verifier,
        }
    }

    fn token(&self) -> String {
        self.issuer
            .issue(&clerk(), TimeDelta::hours(1), now(), Uuid::from_u128(7))
            .unwrap()
    }

    fn kid(&self) -> String {
        self.issuer.key_ids().remove(0)
    }

    /// A token with one part of the content changed, signed rightly.
    fn with(&self, change: impl FnOnce(&mut Value)) -> String {
        let mut claims = part(&self.token(), 1);
        change(&mut claims);
        self.signed(
            &json!({"alg": "EdDSA", "typ": "JWT", "kid": self.kid()}),
            &claims,
        )
    }

    fn signed(&self, header: &Value, claims: &Value) -> String {
        let secret = fs::read(self.folder.path().join("key-0001.p8")).unwrap();
        let key = SigningKey::from_pkcs8_der(&secret).unwrap();
        let message = format!("{}.{}", encoded(header), encoded(claims));
        let signature = URL_SAFE_NO_PAD.encode(key.sign(message.as_bytes()).to_bytes());
        format!("{message}.{signature}")
    }

    fn refusal(&self, token: &str) -> String {
        let error = self.verifier.verify(token, now()).unwrap_err().to_string();
        assert!(error.len() < 300, "{error}");
        error
    }
}

fn encoded(part: &Value) -> String {
    URL_SAFE_NO_PAD.encode(part.to_string())
}

fn part(token: &str, at: usize) -> Value {
    let text = token.split('.').nth(at).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap()
}

#[test]
fn every_role_comes_back_as_it_was_issued() {
    let place = Place::new();
    for role in Role::ALL {
        let principal = Principal {
            role,
            group: (role == Role::Group).then(|| "drugs-and-alcohol-misuse".to_owned()),
            ..clerk()
        };
        let token = place
            .issuer
            .issue(&principal, TimeDelta::hours(1), now(), Uuid::nil())
            .unwrap();
        assert_eq!(place.verifier.verify(&token, now()), Ok(principal));
    }
}

#[test]
fn a_token_says_who_when_and_for_whom() {
    let token = Place::new().token();
    assert_eq!(
        part(&token, 1),
        json!({
            "iss": ISSUER, "aud": AUDIENCE, "sub": "clerk-1", "name": "Jane Clerk", "role": "clerk",
            "area": "cambridgeshire-peterborough", "jti": "00000000-0000-0000-0000-000000000007",
            "iat": 1_541_764_800, "nbf": 1_541_764_800, "exp": 1_541_768_400,
        })
    );
}

#[test]
fn a_token_counts_from_its_start_to_its_end_with_a_minute_at_either() {
    let place = Place::new();
    let token = place.token();
    let at = |seconds| {
        place
            .verifier
            .verify(&token, now() + TimeDelta::seconds(seconds))
    };
    assert!(at(-60).is_ok());
    assert!(at(3600 + 59).is_ok());
    assert_eq!(
        at(-61).unwrap_err().to_string(),
        "the token counts from 9 November 2018 at 12:00:00 UTC on, not yet"
    );
    assert_eq!(
        at(3600 + 60).unwrap_err().to_string(),
        "the token expired on 9 November 2018 at 13:00:00 UTC"
    );
    let for_ever = place.with(|claims| claims["exp"] = json!(i64::MAX));
    assert!(place.verifier.verify(&for_ever, now()).is_ok());
    let long_ago = place.with(|claims| claims["exp"] = json!(i64::MIN));
    assert_eq!(
        place.refusal(&long_ago),
        "the token's claim 'exp' is no time; seconds since 1970 are expected"
    );
}

#[test]
fn a_token_of_another_installation_is_refused() {
    let (here, there) = (Place::new(), Place::new());
    assert_eq!(
        here.refusal(&there.token()),
        format!(
            "the token is signed by an unknown key '{}'; it may come from another installation",
            there.kid()
        )
    );
    let claims = part(&here.token(), 1);
    let borrowed_name = there.signed(&json!({"alg": "EdDSA", "kid": here.kid()}), &claims);
    assert_eq!(
        here.refusal(&borrowed_name),
        format!("the token's signature does not match key '{}'", here.kid())
    );
}

#[test]
fn only_one_algorithm_is_accepted() {
    let place = Place::new();
    let claims = part(&place.token(), 1);
    let unsigned = format!(
        "{}.{}.",
        encoded(&json!({"alg": "none", "kid": place.kid()})),
        encoded(&claims)
    );
    assert_eq!(
        place.refusal(&unsigned),
        "the token says it is signed with 'none'; only EdDSA is accepted"
    );
    // The public key as the secret of a symmetric signature: the classic confusion.
    let set: Value = serde_json::from_str(&place.issuer.jwks()).unwrap();
    let public = set["keys"][0]["x"].as_str().unwrap();
    for secret in [
        public.as_bytes().to_vec(),
        URL_SAFE_NO_PAD.decode(public).unwrap(),
    ] {
        let mut header = jsonwebtoken::Header::new(jsonwebtoken::Algorithm::HS256);
        header.kid = Some(place.kid());
        let key = jsonwebtoken::EncodingKey::from_secret(&secret);
        let token = jsonwebtoken::encode(&header, &claims, &key).unwrap();
        assert_eq!(
            place.refusal(&token),
            "the token says it is signed with 'HS256'; only EdDSA is accepted"
        );
    }
    let unsaid = place.signed(&json!({"kid": place.kid()}), &claims);
    assert_eq!(
        place.refusal(&unsaid),
        "the token says it is signed with 'nothing'; only EdDSA is accepted"
    );
}

#[test]
fn headers_are_read_strictly() {
    let place = Place::new();
    let claims = part(&place.token(), 1);
    assert_eq!(
        place.refusal(&place.signed(&json!({"alg": "EdDSA"}), &claims)),
        "the token does not name the key that signed it (kid)"
    );
    let critical = json!({"alg": "EdDSA", "kid": place.kid(), "crit": ["exp"]});
    assert_eq!(
        place.refusal(&place.signed(&critical, &claims)),
        "the token is not a signed JWT: its header asks for an extension that is not known here (crit)"
    );
    let nasty = json!({"alg": "EdDSA", "kid": format!("\u{1b}[31m{}", "k".repeat(500))});
    assert_eq!(
        place.refusal(&place.signed(&nasty, &claims)),
        format!(
            "the token is signed by an unknown key '[31m{}...'; it may come from another installation",
            "k".repeat(56)
        )
    );
}

#[test]
fn issuer_and_audience_must_match_exactly() {
    let place = Place::new();
    assert_eq!(
        place.refusal(&place.with(|claims| claims["iss"] = json!("urn:somebody"))),
        "the token was issued by 'urn:somebody'; 'urn:matters-arising:issuer' is accepted"
    );
    assert_eq!(
        place.refusal(&place.with(|claims| claims["aud"] = json!(format!("{AUDIENCE}/")))),
        "the token is for 'urn:matters-arising:services/', not for 'urn:matters-arising:services'"
    );
    assert_eq!(
        place.refusal(&place.with(|claims| claims["aud"] = json!([AUDIENCE, "other"]))),
        "the token's claim 'aud' is of another kind; a text is expected"
    );
}

#[test]
fn claims_about_the_person_must_be_right() {
    let place = Place::new();
    let cases: [(&str, Value, &str); 7] = [
        (
            "role",
            json!("mayor"),
            "the token's claim 'role' is 'mayor'; one of clerk, office, group, auditor, public, operator is expected",
        ),
        (
            "role",
            json!("group"),
            "the token's claim 'group' is missing; the role 'group' needs one",
        ),
        (
            "group",
            json!("prevent"),
            "the token's claim 'group' is given, but the role is 'clerk'; only the role 'group' has one",
        ),
        ("group", json!(3), "the token's claim 'group' is no text"),
        (
            "name",
            json!("two\nlines"),
            "the token's claim 'name' has a line break at character 4; keep it to one line",
        ),
        (
            "area",
            json!("evt.>"),
            "the token's claim 'area' is \"evt.>\"; an identifier has 1 to 64 of a to z, 0 to 9 and single hyphens between them",
        ),
        (
            "nbf",
            json!("soon"),
            "the token's claim 'nbf' is of another kind; seconds since 1970 is expected",
        ),
    ];
    for (claim, value, expected) in cases {
        let token = place.with(|claims| claims[claim] = value);
        assert_eq!(place.refusal(&token), expected);
    }
    for claim in [
        "iss", "sub", "aud", "exp", "nbf", "iat", "jti", "name", "role", "area",
    ] {
        let token = place.with(|claims| {
            claims.as_object_mut().unwrap().remove(claim);
        });
        let refusal = place.refusal(&token);
        assert!(
            refusal.contains(&format!("'{claim}' is missing")),
            "{refusal}"
        );
    }
}

#[test]
fn garbage_of_every_length_is_refused_without_a_panic() {
    let place = Place::new();
    let token = place.token();
    for end in 0..token.len() {
        place.refusal(&token[..end]);
    }
    for at in 0..token.len() {
        let mut bytes = token.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(bytes).unwrap();
        // The last character of a part carries bits that base64url may not use: strict decoding refuses those too.
        place.refusal(&changed);
    }
    for text in [
        "",
        ".",
        "..",
        "...",
        "a.b.c",
        "é.é.é",
        "{}.{}.{}",
        "e30.e30.e30",
        "bnVsbA.bnVsbA.bnVsbA",
    ] {
        place.refusal(text);
    }
    let huge = format!("{token}{}", "A".repeat(TOKEN_LIMIT));
    assert_eq!(
        place.refusal(&huge),
        format!(
            "the token has {} bytes; at most 8192 are accepted",
            huge.len()
        )
    );
}

#[test]
fn an_error_never_holds_the_token() {
    let place = Place::new();
    let token = place.token();
    let signature = token.rsplit('.').next().unwrap();
    let changed = token.replace(signature, &signature.chars().rev().collect::<String>());
    let errors = [
        place.refusal(&changed),
        place
            .verifier
            .verify(&token, now() + TimeDelta::days(9))
            .unwrap_err()
            .to_string(),
    ];
    for error in errors {
        assert!(!error.contains(&signature[..10]), "{error}");
    }
}

#[test]
fn tokens_for_nobody_or_for_too_long_are_not_issued() {
    let issuer = Place::new().issuer;
    let refusal = |principal: Principal, valid_for| {
        issuer
            .issue(&principal, valid_for, now(), Uuid::nil())
            .unwrap_err()
            .to_string()
    };
    let group = Principal {
        role: Role::Group,
        ..clerk()
    };
    assert_eq!(
        refusal(group, TimeDelta::hours(1)),
        "the token cannot be issued: the token's claim 'group' is missing; the role 'group' needs one"
    );
    for (valid_for, seconds) in [(TimeDelta::zero(), 0), (TimeDelta::days(367), 31_708_800)] {
        assert_eq!(
            refusal(clerk(), valid_for),
            format!(
                "the token cannot be issued: it would be valid for {seconds} seconds; 1 second to 366 days are possible"
            )
        );
    }
}

#[test]
fn bearer_takes_the_token_out_of_the_metadata() {
    for text in ["Bearer abc", "bearer  abc ", " BEARER abc"] {
        assert_eq!(bearer(text), Ok("abc"));
    }
    for text in ["", "Bearer", "Bearer ", "Basic abc", "abc"] {
        assert_eq!(bearer(text), Err(TokenError::Missing), "{text}");
    }
}
