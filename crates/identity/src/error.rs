//! What is wrong with a token or with the keys, said without repeating a token or a key.

use chrono::{DateTime, Utc};
use std::path::PathBuf;

/// Why a token was not accepted. The texts name what was found and what would be right; none holds the token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// No `Authorization` metadata, or not of the bearer scheme.
    #[error("a token is needed: send `authorization: Bearer <token>`")]
    Missing,
    /// Longer than [`crate::TOKEN_LIMIT`].
    #[error("the token has {length} bytes; at most {limit} are accepted")]
    TooLong {
        /// Bytes sent.
        length: usize,
        /// Bytes accepted.
        limit: usize,
    },
    /// Not three base64url parts of the right shape.
    #[error("the token is not a signed JWT: {0}")]
    Malformed(&'static str),
    /// Signed (or not signed) in a way that is not on the list.
    #[error("the token says it is signed with '{alg}'; only EdDSA is accepted")]
    Algorithm {
        /// The header's `alg`, shortened.
        alg: String,
    },
    /// The header names no key.
    #[error("the token does not name the key that signed it (kid)")]
    NoKey,
    /// The header names a key that this service does not have.
    #[error("the token is signed by an unknown key '{kid}'; it may come from another installation")]
    UnknownKey {
        /// The header's `kid`, shortened.
        kid: String,
    },
    /// The signature does not fit the content.
    #[error("the token's signature does not match key '{kid}'")]
    Signature {
        /// The key that should have signed it.
        kid: String,
    },
    /// Of another issuer.
    #[error("the token was issued by '{found}'; '{expected}' is accepted")]
    Issuer {
        /// The token's `iss`, shortened.
        found: String,
        /// What is accepted.
        expected: String,
    },
    /// For another audience.
    #[error("the token is for '{found}', not for '{expected}'")]
    Audience {
        /// The token's `aud`, shortened.
        found: String,
        /// What is accepted.
        expected: String,
    },
    /// Past its `exp`, leeway included.
    #[error("the token expired on {}", said(at))]
    Expired {
        /// The token's `exp`.
        at: DateTime<Utc>,
    },
    /// Before its `nbf`, leeway included.
    #[error("the token counts from {} on, not yet", said(from))]
    NotYetValid {
        /// The token's `nbf`.
        from: DateTime<Utc>,
    },
    /// A claim that is missing or wrong; the text says which and what would be right.
    #[error("the token's claim '{claim}' {problem}")]
    Claim {
        /// The claim's name.
        claim: &'static str,
        /// What is wrong with it and what would be right.
        problem: String,
    },
}

/// Why keys could not be made, read or used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The file or folder could not be read or written.
    #[error("cannot {doing} {}: {source}", path.display())]
    File {
        /// What was being done.
        doing: &'static str,
        /// To which file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Others than the owner can read a private key.
    #[error("{} can be read by others than its owner (mode {mode:o}); make it 600, and think of rotating the key", path.display())]
    Exposed {
        /// The private key's file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// A file that is no key of this program.
    #[error("{} is not {expected}", path.display())]
    NotAKey {
        /// The file.
        path: PathBuf,
        /// What it should be.
        expected: &'static str,
    },
    /// A key set that cannot be used.
    #[error("the key set {0}")]
    KeySet(String),
    /// The operating system gave no randomness.
    #[error("the system gives no random bytes, so no key can be made: {0}")]
    Chance(String),
    /// A token for nobody, for a wrong time, or that could not be signed.
    #[error("the token cannot be issued: {0}")]
    Issue(String),
    /// The key to retire is the one that signs.
    #[error("key '{kid}' is the one that signs; rotate first, then retire it")]
    Signing {
        /// The key.
        kid: String,
    },
    /// The key to retire is not there.
    #[error("there is no key '{kid}' here")]
    NoSuchKey {
        /// The key asked for.
        kid: String,
    },
}

/// A point in time as people read it; times in tokens are in UTC.
fn said(at: &DateTime<Utc>) -> String {
    at.format("%-d %B %Y at %H:%M:%S UTC").to_string()
}

/// A stranger's text, made short and harmless for an error or a log line.
pub(crate) fn shortened(text: &str) -> String {
    let kept: String = text
        .chars()
        .filter(|c| c.is_ascii_graphic() || *c == ' ')
        .take(60)
        .collect();
    if kept.len() < text.len() {
        format!("{kept}...")
    } else {
        kept
    }
}
