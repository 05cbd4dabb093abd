//! Who is calling: principals from signed tokens, and the program's own issuer.
//!
//! The offline issuer signs access tokens (JWT, RFC 7519) with Ed25519 (`EdDSA`, RFC 8037), the one algorithm that is
//! accepted: a token that asks for any other, `none` and the `HS` family included, is refused before its key is looked
//! up. Issuer and audience must match exactly; expiry and start are checked against a time that the caller passes in,
//! with [`LEEWAY`] for clocks that disagree.
//!
//! A service holds a [`Verifier`], which knows public keys only. `matters token issue` holds an [`Issuer`].
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        reason = "tests"
    )
)]

mod claims;
mod error;
mod issuer;
mod jwks;
mod private_files;
mod proven;
mod verifier;

#[cfg(test)]
mod tests;

use chrono::TimeDelta;

pub use error::{KeyError, TokenError};
pub use issuer::Issuer;
pub use verifier::{Verifier, bearer};

/// The `iss` of every token of the offline issuer. Which installation it was is told by the key, not by the name.
pub const ISSUER: &str = "urn:matters-arising:issuer";

/// The `aud` of every token: the services of this program, and no other.
pub const AUDIENCE: &str = "urn:matters-arising:services";

/// By how much the clocks of issuer and service may disagree, at either end of a token's life.
pub const LEEWAY: TimeDelta = TimeDelta::seconds(60);

/// The longest token that is looked at, in bytes.
pub const TOKEN_LIMIT: usize = 8 * 1024;

/// The longest a token may be issued for.
pub const LONGEST_VALIDITY: TimeDelta = TimeDelta::days(366);
