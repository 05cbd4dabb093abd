//! The offline issuer: keys in a folder of the data, tokens signed by the newest.

use crate::claims::{Claims, check};
use crate::error::KeyError;
use crate::private_files::{
    failed, make_folder, read_public, read_secret, remove, replace, write_new_secret,
};
use crate::verifier::Verifier;
use crate::{AUDIENCE, ISSUER, LONGEST_VALIDITY, jwks};
use chrono::{DateTime, TimeDelta, Utc};
use domain::policy::Principal;
use ed25519_dalek::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _};
use ed25519_dalek::{SigningKey, VerifyingKey};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use rand::TryRng as _;
use rand::rngs::SysRng;
use std::fs;
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// The file with the public keys, for services and for whoever checks a token elsewhere.
pub(crate) const KEY_SET_FILE: &str = "jwks.json";
/// A private key in PKCS #8 is far shorter.
const KEY_FILE_LIMIT: u64 = 4096;

/// One private key. Its number, from the name of its file, says which is newest.
struct Key {
    number: u32,
    path: PathBuf,
    public: VerifyingKey,
    pkcs8: Vec<u8>,
}

/// Signs tokens with the newest of its keys, and keeps the older ones known until they are retired.
pub struct Issuer {
    folder: PathBuf,
    /// By number; never empty.
    keys: Vec<Key>,
}

impl std::fmt::Debug for Issuer {
    /// Names the keys, never shows them.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Issuer")
            .field("folder", &self.folder)
            .field("keys", &self.key_ids())
            .finish()
    }
}

impl Issuer {
    /// Opens the folder of keys; makes it and a first key (private, mode 600) when there is none. Two processes that do
    /// so at once end with the same key.
    ///
    /// # Errors
    /// When the folder or a key cannot be read or written, when a private key can be read by others, or when the system
    /// gives no randomness.
    pub fn open_or_create(folder: &Path) -> Result<Issuer, KeyError> {
        make_folder(folder)?;
        let mut keys = read_keys(folder)?;
        if keys.is_empty() {
            make_key(folder, 1)?;
            keys = read_keys(folder)?;
        }
        let issuer = Issuer {
            folder: folder.to_path_buf(),
            keys,
        };
        issuer.publish()?;
        Ok(issuer)
    }

    /// Makes a new key, which signs from now on. Services that read the key set at their start must be started again
    /// before they accept its tokens; tokens of the older keys go on counting.
    ///
    /// # Errors
    /// As for [`Issuer::open_or_create`].
    pub fn rotate(&mut self) -> Result<(), KeyError> {
        let newest = self.keys.last().map_or(0, |key| key.number);
        make_key(&self.folder, newest.saturating_add(1))?;
        self.keys = read_keys(&self.folder)?;
        self.publish()
    }

    /// Removes an older key: its tokens count no more, for services started after this.
    ///
    /// # Errors
    /// When it is the key that signs, is not there, or its file cannot be removed.
    pub fn retire(&mut self, kid: &str) -> Result<(), KeyError> {
        let at = self
            .keys
            .iter()
            .position(|key| jwks::key_id(&key.public) == kid)
            .ok_or_else(|| KeyError::NoSuchKey {
                kid: kid.to_owned(),
            })?;
        if at + 1 == self.keys.len() {
            return Err(KeyError::Signing {
                kid: kid.to_owned(),
            });
        }
        remove(&self.keys.remove(at).path)?;
        self.publish()
    }

    /// Signs a token for a principal, good from `now` for `valid_for`. The caller brings the token's id (`jti`).
    ///
    /// # Errors
    /// When the principal is not one that a token may carry (a group without its name, say), or `valid_for` is not
    /// between one second and [`LONGEST_VALIDITY`].
    pub fn issue(
        &self,
        principal: &Principal,
        valid_for: TimeDelta,
        now: DateTime<Utc>,
        jti: Uuid,
    ) -> Result<String, KeyError> {
        check(principal).map_err(|problem| KeyError::Issue(problem.to_string()))?;
        if valid_for < TimeDelta::seconds(1) || valid_for > LONGEST_VALIDITY {
            return Err(KeyError::Issue(format!(
                "it would be valid for {} seconds; 1 second to {} days are possible",
                valid_for.num_seconds(),
                LONGEST_VALIDITY.num_days()
            )));
        }
        let issued = now.timestamp();
        let claims = Claims {
            iss: ISSUER.to_owned(),
            sub: principal.subject.clone(),
            aud: AUDIENCE.to_owned(),
            exp: issued.saturating_add(valid_for.num_seconds()),
            nbf: issued,
            iat: issued,
            jti: jti.to_string(),
            name: principal.name.clone(),
            role: principal.role.as_str().to_owned(),
            group: principal.group.clone(),
            area: principal.area.clone(),
        };
        let key = self
            .keys
            .last()
            .ok_or_else(|| KeyError::Issue("there is no key".to_owned()))?;
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some(jwks::key_id(&key.public));
        jsonwebtoken::encode(&header, &claims, &EncodingKey::from_ed_der(&key.pkcs8))
            .map_err(|problem| KeyError::Issue(problem.to_string()))
    }

    /// The public keys as a JWKS, newest first.
    #[must_use]
    pub fn jwks(&self) -> String {
        jwks::write(self.keys.iter().rev().map(|key| &key.public))
    }

    /// The names of the keys, newest (the one that signs) first.
    #[must_use]
    pub fn key_ids(&self) -> Vec<String> {
        self.keys
            .iter()
            .rev()
            .map(|key| jwks::key_id(&key.public))
            .collect()
    }

    /// A verifier of this issuer's tokens.
    ///
    /// # Errors
    /// When there are more keys than a set may hold: retire some.
    pub fn verifier(&self) -> Result<Verifier, KeyError> {
        Verifier::from_jwks(&self.jwks())
    }

    /// Writes the key set beside the keys, unless it says the same already (a second process only reads).
    fn publish(&self) -> Result<(), KeyError> {
        let path = self.folder.join(KEY_SET_FILE);
        let set = self.jwks();
        let known = read_public(&path, jwks::SET_LIMIT as u64).unwrap_or_default();
        if known == set.as_bytes() {
            return Ok(());
        }
        replace(&path, set.as_bytes())
    }
}

/// Makes `key-0001.p8` and so on. When another process made the same number first, its key is as good.
fn make_key(folder: &Path, number: u32) -> Result<(), KeyError> {
    let mut seed = [0_u8; 32];
    // The one place where chance cannot be an argument: a private key that somebody chose is none.
    SysRng
        .try_fill_bytes(&mut seed)
        .map_err(|problem| KeyError::Chance(problem.to_string()))?;
    let path = folder.join(format!("key-{number:04}.p8"));
    let document = SigningKey::from_bytes(&seed)
        .to_pkcs8_der()
        .map_err(|problem| KeyError::Chance(problem.to_string()))?;
    write_new_secret(&path, document.as_bytes()).map(drop)
}

fn read_keys(folder: &Path) -> Result<Vec<Key>, KeyError> {
    let mut keys = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed("list", folder))? {
        let path = entry.map_err(failed("list", folder))?.path();
        if let Some(number) = number_of(&path) {
            keys.push(read_key(number, path)?);
        }
    }
    keys.sort_by_key(|key| key.number);
    Ok(keys)
}

fn number_of(path: &Path) -> Option<u32> {
    path.file_name()?
        .to_str()?
        .strip_prefix("key-")?
        .strip_suffix(".p8")?
        .parse()
        .ok()
}

fn read_key(number: u32, path: PathBuf) -> Result<Key, KeyError> {
    let pkcs8 = read_secret(&path, KEY_FILE_LIMIT)?;
    match SigningKey::from_pkcs8_der(&pkcs8) {
        Ok(key) => Ok(Key {
            number,
            public: key.verifying_key(),
            path,
            pkcs8,
        }),
        Err(_) => Err(KeyError::NotAKey {
            path,
            expected: "an Ed25519 private key in PKCS #8 (DER)",
        }),
    }
}
