//! From the text of a token to the principal it stands for.

use crate::claims::{Claims, instant};
use crate::error::{KeyError, TokenError, shortened};
use crate::issuer::KEY_SET_FILE;
use crate::private_files::read_public;
use crate::proven::Proven;
use crate::{AUDIENCE, ISSUER, LEEWAY, TOKEN_LIMIT, jwks};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use domain::policy::Principal;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// Checks tokens against the public keys it was given, which never change. Cheap to share.
pub struct Verifier {
    keys: BTreeMap<String, DecodingKey>,
    validation: Validation,
    proven: Proven,
}

impl std::fmt::Debug for Verifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Verifier")
            .field("keys", &self.keys.keys())
            .finish_non_exhaustive()
    }
}

impl Verifier {
    /// Takes the keys of a JWKS (RFC 7517).
    ///
    /// # Errors
    /// When it is not one, has no key or more than 16, or holds a key that is not Ed25519.
    pub fn from_jwks(text: &str) -> Result<Verifier, KeyError> {
        let keys = jwks::read(text)?
            .into_iter()
            .map(|(kid, key)| (kid, DecodingKey::from_ed_der(key.as_bytes())))
            .collect();
        // Only the signature is left to the library: it would read the machine's clock for the rest.
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_nbf = false;
        validation.validate_aud = false;
        Ok(Verifier {
            keys,
            validation,
            proven: Proven::default(),
        })
    }

    /// Reads the key set that an [`crate::Issuer`] keeps in its folder. No private key is opened.
    ///
    /// # Errors
    /// When the file cannot be read, or as for [`Verifier::from_jwks`].
    pub fn from_dir(folder: &Path) -> Result<Verifier, KeyError> {
        let path = folder.join(KEY_SET_FILE);
        let content = read_public(&path, jwks::SET_LIMIT as u64 + 1)?;
        match std::str::from_utf8(&content) {
            Ok(text) => Verifier::from_jwks(text),
            Err(_) => Err(KeyError::NotAKey {
                path,
                expected: "a key set (JWKS) in UTF-8",
            }),
        }
    }

    /// The principal a token stands for at `now`.
    ///
    /// # Errors
    /// The first thing that is wrong: shape, algorithm, key, signature, issuer, audience, time, then the claims. Nothing
    /// is said about the content of a token whose signature does not hold.
    pub fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<Principal, TokenError> {
        if token.len() > TOKEN_LIMIT {
            return Err(TokenError::TooLong {
                length: token.len(),
                limit: TOKEN_LIMIT,
            });
        }
        let claims = self.proven.or_prove(token, || self.proof(token))?;
        check_times(&claims, now)?;
        Claims::clone(&claims).principal()
    }

    /// What a token says, if its signature and its addresses hold.
    fn proof(&self, token: &str) -> Result<Claims, TokenError> {
        let kid = key_named_by(token)?;
        let Some(key) = self.keys.get(&kid) else {
            return Err(TokenError::UnknownKey {
                kid: shortened(&kid),
            });
        };
        let payload: Value = jsonwebtoken::decode(token, key, &self.validation)
            .map_err(|error| match error.kind() {
                ErrorKind::InvalidSignature => TokenError::Signature { kid },
                ErrorKind::Json(_) => TokenError::Malformed("its content is no JSON object"),
                _ => TokenError::Malformed("a part is not base64url, or is missing"),
            })?
            .claims;
        let claims = claims_of(payload)?;
        check_addresses(&claims)?;
        Ok(claims)
    }
}

/// The token in an `authorization` value of the bearer scheme (RFC 6750), whose name may be in any case.
///
/// # Errors
/// [`TokenError::Missing`] when it is of another scheme or empty.
pub fn bearer(authorization: &str) -> Result<&str, TokenError> {
    let (scheme, token) = authorization
        .trim()
        .split_once(' ')
        .ok_or(TokenError::Missing)?;
    let token = token.trim();
    if !scheme.eq_ignore_ascii_case("bearer") || token.is_empty() {
        return Err(TokenError::Missing);
    }
    Ok(token)
}

/// Reads the header ourselves, so that a wrong algorithm is named rather than lost in "invalid token".
fn key_named_by(token: &str) -> Result<String, TokenError> {
    let parts: Vec<&str> = token.split('.').collect();
    let [header, _, _] = parts.as_slice() else {
        return Err(TokenError::Malformed(
            "three parts with dots between are expected",
        ));
    };
    let header: Value = URL_SAFE_NO_PAD
        .decode(header)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .filter(Value::is_object)
        .ok_or(TokenError::Malformed(
            "its header is no JSON object in base64url",
        ))?;
    match header["alg"].as_str() {
        Some("EdDSA") => {}
        other => {
            return Err(TokenError::Algorithm {
                alg: shortened(other.unwrap_or("nothing")),
            });
        }
    }
    if header.get("crit").is_some() {
        // RFC 7515, 4.1.11: what we do not understand and is called critical must be refused.
        return Err(TokenError::Malformed(
            "its header asks for an extension that is not known here (crit)",
        ));
    }
    match header["kid"].as_str() {
        Some(kid) if !kid.is_empty() => Ok(kid.to_owned()),
        _ => Err(TokenError::NoKey),
    }
}

/// Names the claim that is missing or of the wrong kind, which the library's error would not.
fn claims_of(payload: Value) -> Result<Claims, TokenError> {
    for name in ["iss", "sub", "aud", "jti", "name", "role", "area"] {
        expect(&payload, name, Value::is_string, "a text")?;
    }
    for name in ["exp", "nbf", "iat"] {
        expect(&payload, name, Value::is_i64, "seconds since 1970")?;
    }
    serde_json::from_value(payload).map_err(|_| TokenError::Claim {
        claim: "group",
        problem: "is no text".to_owned(),
    })
}

fn expect(
    payload: &Value,
    claim: &'static str,
    is_right: impl Fn(&Value) -> bool,
    kind: &str,
) -> Result<(), TokenError> {
    let problem = match payload.get(claim) {
        Some(value) if is_right(value) => return Ok(()),
        Some(_) => format!("is of another kind; {kind} is expected"),
        None => format!("is missing; {kind} is expected"),
    };
    Err(TokenError::Claim { claim, problem })
}

fn check_addresses(claims: &Claims) -> Result<(), TokenError> {
    if claims.iss != ISSUER {
        return Err(TokenError::Issuer {
            found: shortened(&claims.iss),
            expected: ISSUER.to_owned(),
        });
    }
    if claims.aud != AUDIENCE {
        return Err(TokenError::Audience {
            found: shortened(&claims.aud),
            expected: AUDIENCE.to_owned(),
        });
    }
    Ok(())
}

/// RFC 7519, 4.1.4 and 4.1.5: not on or after `exp`, not before `nbf`, each with the leeway.
fn check_times(claims: &Claims, now: DateTime<Utc>) -> Result<(), TokenError> {
    let now = now.timestamp();
    let leeway = LEEWAY.num_seconds();
    if now >= claims.exp.saturating_add(leeway) {
        return Err(TokenError::Expired {
            at: instant("exp", claims.exp)?,
        });
    }
    if now.saturating_add(leeway) < claims.nbf {
        return Err(TokenError::NotYetValid {
            from: instant("nbf", claims.nbf)?,
        });
    }
    Ok(())
}
