//! Tokens whose signature was found to hold.
//!
//! A client sends the same token with every request, and checking an Ed25519 signature is the dearest
//! part of taking a small one in. The keys of a verifier never change, so a signature that held holds:
//! only that, and what it is about, is remembered. Times are looked at again with every request.

use crate::claims::Claims;
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Most tokens that are remembered, some hundred bytes each. More than that in use at one time are
/// checked anew now and then.
const MOST: usize = 4_096;

/// A token by its digest: the token itself is a secret and is not kept.
type Mark = [u8; 32];

/// What good signatures were about.
#[derive(Default)]
pub(crate) struct Proven(Mutex<HashMap<Mark, Arc<Claims>>>);

impl Proven {
    /// The claims of a token that was proven before, or what proving it yields, which is remembered.
    /// A failure is not: a token that does not hold is checked as often as it is sent.
    pub(crate) fn or_prove<E>(
        &self,
        token: &str,
        prove: impl FnOnce() -> Result<Claims, E>,
    ) -> Result<Arc<Claims>, E> {
        let mark: Mark = Sha256::digest(token.as_bytes()).into();
        if let Some(claims) = self.lock().get(&mark) {
            return Ok(Arc::clone(claims));
        }
        let claims = Arc::new(prove()?);
        let mut proven = self.lock();
        if proven.len() >= MOST {
            proven.clear();
        }
        proven.insert(mark, Arc::clone(&claims));
        Ok(claims)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Mark, Arc<Claims>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(subject: &str) -> Claims {
        serde_json::from_value(serde_json::json!({
            "iss": "i", "sub": subject, "aud": "a", "jti": "j", "name": "n", "role": "clerk",
            "area": "cambs", "exp": 2, "nbf": 1, "iat": 1,
        }))
        .unwrap()
    }

    #[test]
    fn what_held_is_not_proven_again_and_what_failed_is() {
        let proven = Proven::default();
        assert_eq!(proven.or_prove("a", || Err("no")).err(), Some("no"));
        assert!(proven.or_prove("a", || Ok::<_, ()>(claims("x"))).is_ok());
        let again = proven.or_prove("a", || Err("proven again")).unwrap();
        assert_eq!(again.sub, "x");
        assert_eq!(proven.or_prove("b", || Err("no")).err(), Some("no"));
    }

    #[test]
    fn it_does_not_grow_for_ever() {
        let proven = Proven::default();
        for n in 0..=MOST {
            proven
                .or_prove(&n.to_string(), || Ok::<_, ()>(claims("x")))
                .unwrap();
        }
        assert!(proven.lock().len() <= MOST);
    }
}
