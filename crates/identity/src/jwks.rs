//! A set of public keys as JSON (RFC 7517), each an Ed25519 key (RFC 8037) named by its thumbprint (RFC 7638).

use crate::error::KeyError;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::VerifyingKey;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest as _, Sha256};

/// The most keys a set may hold.
const KEY_LIMIT: usize = 16;
/// The longest set, in bytes.
pub(crate) const SET_LIMIT: usize = 64 * 1024;

/// One public key as the set writes it. Members we do not know are ignored, as RFC 7517 asks.
#[derive(Serialize, Deserialize)]
struct Jwk {
    kty: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    crv: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    x: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kid: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    alg: Option<String>,
    #[serde(default, rename = "use", skip_serializing_if = "Option::is_none")]
    usage: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct KeySet {
    keys: Vec<Jwk>,
}

/// The name of a key: the first 16 characters of its RFC 7638 thumbprint, so that nobody has to invent one.
pub(crate) fn key_id(key: &VerifyingKey) -> String {
    let x = URL_SAFE_NO_PAD.encode(key.as_bytes());
    let canonical = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#);
    let mut id = URL_SAFE_NO_PAD.encode(Sha256::digest(canonical.as_bytes()));
    id.truncate(16);
    id
}

/// The set as JSON, keys in the order given.
pub(crate) fn write<'k>(keys: impl Iterator<Item = &'k VerifyingKey>) -> String {
    let keys: Vec<_> = keys
        .map(|key| {
            json!({
                "kty": "OKP",
                "crv": "Ed25519",
                "use": "sig",
                "alg": "EdDSA",
                "kid": key_id(key),
                "x": URL_SAFE_NO_PAD.encode(key.as_bytes()),
            })
        })
        .collect();
    format!("{:#}\n", json!({ "keys": keys }))
}

/// Reads a set. Every key must be one that this program can use: a key left out in silence is a token refused later.
pub(crate) fn read(text: &str) -> Result<Vec<(String, VerifyingKey)>, KeyError> {
    if text.len() > SET_LIMIT {
        return Err(wrong(format!(
            "has {} bytes; at most {SET_LIMIT} are read",
            text.len()
        )));
    }
    let set: KeySet =
        serde_json::from_str(text).map_err(|problem| wrong(format!("is no JWKS: {problem}")))?;
    if set.keys.is_empty() || set.keys.len() > KEY_LIMIT {
        return Err(wrong(format!(
            "has {} keys; 1 to {KEY_LIMIT} are expected",
            set.keys.len()
        )));
    }
    let mut keys: Vec<(String, VerifyingKey)> = Vec::with_capacity(set.keys.len());
    for (at, jwk) in set.keys.iter().enumerate() {
        let (kid, key) =
            public_key(jwk).map_err(|why| wrong(format!("has key {}, {why}", at + 1)))?;
        if keys.iter().any(|(known, _)| *known == kid) {
            return Err(wrong(format!("has two keys named '{kid}'")));
        }
        keys.push((kid, key));
    }
    Ok(keys)
}

fn public_key(jwk: &Jwk) -> Result<(String, VerifyingKey), &'static str> {
    let good_kind = jwk.kty == "OKP"
        && jwk.crv.as_deref() == Some("Ed25519")
        && jwk.alg.as_deref().is_none_or(|alg| alg == "EdDSA")
        && jwk.usage.as_deref().is_none_or(|usage| usage == "sig");
    if !good_kind {
        return Err("which is no Ed25519 key for signatures");
    }
    let kid = jwk
        .kid
        .clone()
        .filter(|kid| !kid.is_empty() && kid.len() <= 60)
        .ok_or("which has no name (kid) of 1 to 60 characters")?;
    let bytes: [u8; 32] = jwk
        .x
        .as_deref()
        .and_then(|x| URL_SAFE_NO_PAD.decode(x).ok())
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or("whose 'x' is not 32 bytes in base64url")?;
    let key = VerifyingKey::from_bytes(&bytes).map_err(|_| "whose 'x' is no point of the curve")?;
    if key.is_weak() {
        return Err("which is weak: many signatures would fit it");
    }
    Ok((kid, key))
}

fn wrong(problem: String) -> KeyError {
    KeyError::KeySet(problem)
}
