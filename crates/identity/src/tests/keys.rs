//! Keys: made once, private, rotated, retired, published as a set that is read strictly.

use super::*;
use std::os::unix::fs::PermissionsExt as _;

#[test]
fn the_newest_key_signs_and_older_ones_count_until_retired() {
    let mut place = Place::new();
    let (old_kid, old_token) = (place.kid(), place.token());
    place.issuer.rotate().unwrap();
    let new_token = place.token();
    assert_eq!(part(&new_token, 0)["kid"], json!(place.kid()));
    assert_ne!(place.kid(), old_kid);
    let both = Verifier::from_dir(place.folder.path()).unwrap();
    assert!(both.verify(&old_token, now()).is_ok());
    assert!(both.verify(&new_token, now()).is_ok());

    let newest = place.kid();
    assert!(matches!(
        place.issuer.retire(&newest),
        Err(KeyError::Signing { .. })
    ));
    assert!(matches!(
        place.issuer.retire("nobody"),
        Err(KeyError::NoSuchKey { .. })
    ));
    place.issuer.retire(&old_kid).unwrap();
    let one = Verifier::from_dir(place.folder.path()).unwrap();
    assert!(matches!(
        one.verify(&old_token, now()),
        Err(TokenError::UnknownKey { .. })
    ));
    assert!(one.verify(&new_token, now()).is_ok());
}

#[test]
fn keys_are_made_once_and_are_private() {
    let place = Place::new();
    let again = Issuer::open_or_create(place.folder.path()).unwrap();
    assert_eq!(again.key_ids(), place.issuer.key_ids());
    assert!(
        again
            .verifier()
            .unwrap()
            .verify(&place.token(), now())
            .is_ok()
    );

    let secret = place.folder.path().join("key-0001.p8");
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&secret), 0o600);
    let mut names: Vec<_> = fs::read_dir(place.folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["jwks.json", "key-0001.p8"]);
    assert!(!place.issuer.jwks().contains("\"d\""));

    fs::set_permissions(&secret, fs::Permissions::from_mode(0o644)).unwrap();
    let refusal = Issuer::open_or_create(place.folder.path())
        .unwrap_err()
        .to_string();
    assert!(
        refusal.ends_with("can be read by others than its owner (mode 644); make it 600, and think of rotating the key"),
        "{refusal}"
    );
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).unwrap();
    fs::write(&secret, "not a key").unwrap();
    assert!(matches!(
        Issuer::open_or_create(place.folder.path()),
        Err(KeyError::NotAKey { .. })
    ));
}

#[test]
fn many_starts_at_once_end_with_one_key() {
    let folder = tempfile::tempdir().unwrap();
    let kids: Vec<Vec<String>> = std::thread::scope(|scope| {
        let starts: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| Issuer::open_or_create(folder.path()).unwrap().key_ids()))
            .collect();
        starts
            .into_iter()
            .map(|start| start.join().unwrap())
            .collect()
    });
    assert!(
        kids.iter().all(|kid| *kid == kids[0] && kid.len() == 1),
        "{kids:?}"
    );
}

#[test]
fn key_sets_are_read_strictly() {
    let refusal = |set: Value| {
        Verifier::from_jwks(&set.to_string())
            .unwrap_err()
            .to_string()
    };
    let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"; // RFC 8037, appendix A
    let key = |kid: &str, x: &str| json!({"kty": "OKP", "crv": "Ed25519", "kid": kid, "x": x});
    let weak = URL_SAFE_NO_PAD.encode([1_u8].into_iter().chain([0; 31]).collect::<Vec<_>>());
    let cases = [
        (
            json!({"keys": []}),
            "the key set has 0 keys; 1 to 16 are expected",
        ),
        (
            json!({"keys": [key("a", x), key("a", x)]}),
            "the key set has two keys named 'a'",
        ),
        (
            json!({"keys": [key("a", "AAAA")]}),
            "the key set has key 1, whose 'x' is not 32 bytes in base64url",
        ),
        (
            json!({"keys": [key("a", &weak)]}),
            "the key set has key 1, which is weak: many signatures would fit it",
        ),
        (
            json!({"keys": [key("", x)]}),
            "the key set has key 1, which has no name (kid) of 1 to 60 characters",
        ),
        (
            json!({"keys": [key("a", x), {"kty": "oct", "k": "AAAA", "kid": "b"}]}),
            "the key set has key 2, which is no Ed25519 key for signatures",
        ),
    ];
    for (set, expected) in cases {
        assert_eq!(refusal(set), expected);
    }
    assert!(refusal(json!([])).starts_with("the key set is no JWKS"));
    assert!(Verifier::from_jwks(&json!({"keys": [key("a", x)]}).to_string()).is_ok());
}

#[test]
fn the_thumbprint_is_that_of_the_standard() {
    // RFC 8037, appendix A.3.
    let x: [u8; 32] = URL_SAFE_NO_PAD
        .decode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")
        .unwrap()
        .try_into()
        .unwrap();
    let key = ed25519_dalek::VerifyingKey::from_bytes(&x).unwrap();
    assert_eq!(
        crate::jwks::key_id(&key),
        "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"[..16]
    );
}
