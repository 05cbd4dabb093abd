//! Who is calling: the bearer token of a request, as a principal.

use crate::clock::Clock;
use crate::failure::{Failure, Reason};
use domain::policy::{Principal, Rule};
use identity::{TokenError, Verifier, bearer};
use std::sync::Arc;
use tonic::metadata::AsciiMetadataValue;
use tonic::service::Interceptor;
use tonic::{Request, Status};

/// The metadata key that carries the token.
const AUTHORIZATION: &str = "authorization";

/// Checks the token of every request, before the handler sees it.
///
/// A token that does not hold is refused, also where none would have been needed. A request
/// without one passes, and stands for the public: the handler decides whether that is enough.
#[derive(Clone)]
pub struct Auth {
    verifier: Arc<Verifier>,
    clock: Clock,
    told: Option<Told>,
}

/// Hears the reason of every token that is refused.
type Told = Arc<dyn Fn(Reason) + Send + Sync>;

impl std::fmt::Debug for Auth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Auth")
            .field("verifier", &self.verifier)
            .finish_non_exhaustive()
    }
}

impl Auth {
    /// With the keys that count, and the clock that tells when a token has expired.
    #[must_use]
    pub fn new(verifier: Arc<Verifier>, clock: Clock) -> Self {
        Self {
            verifier,
            clock,
            told: None,
        }
    }

    /// The same, telling somebody why a token was refused: a service counts it among its refusals,
    /// which it never sees otherwise.
    #[must_use]
    pub fn telling(self, told: impl Fn(Reason) + Send + Sync + 'static) -> Self {
        Self {
            told: Some(Arc::new(told)),
            ..self
        }
    }

    /// Whom an authorization stands for now.
    fn verified(&self, authorization: &AsciiMetadataValue) -> Result<Principal, TokenError> {
        authorization
            .to_str()
            .map_err(|_| TokenError::Malformed("it has characters other than ASCII"))
            .and_then(bearer)
            .and_then(|token| self.verifier.verify(token, (self.clock)()))
    }

    fn refused(&self, error: TokenError) -> Status {
        let failure = Failure::Token(error);
        if let Some(told) = &self.told {
            told(failure.reason());
        }
        failure.into_status(None)
    }
}

impl Interceptor for Auth {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        let Some(value) = request.metadata().get(AUTHORIZATION) else {
            return Ok(request);
        };
        let principal = self.verified(value).map_err(|error| self.refused(error))?;
        request.extensions_mut().insert(principal);
        request.extensions_mut().insert(self.clone());
        Ok(request)
    }
}

/// Who opened a stream, which may last longer than the token it was opened with.
#[derive(Debug, Clone)]
pub struct Standing(Option<(Auth, AsciiMetadataValue)>);

impl Standing {
    /// That of a request which an [`Auth`] let through.
    #[must_use]
    pub fn of<T>(request: &Request<T>) -> Self {
        let auth = request.extensions().get::<Auth>();
        Self(
            auth.cloned()
                .zip(request.metadata().get(AUTHORIZATION).cloned()),
        )
    }

    /// Whom it stands for by now; `None` for the public.
    ///
    /// # Errors
    /// [`Failure::Token`] when the token has expired since.
    pub fn now(&self) -> Result<Option<Principal>, Failure> {
        let verified = self.0.as_ref().map(|(auth, value)| auth.verified(value));
        verified.transpose().map_err(Failure::Token)
    }
}

/// Whoever signed in for this area.
///
/// # Errors
/// UNAUTHENTICATED without a token, PERMISSION_DENIED with one for another area.
pub fn principal<T>(request: &Request<T>, area: &str) -> Result<Principal, Status> {
    signed_in(request, area).map_err(|failure| failure.into_status(None))
}

/// The same, for a service that counts why it refuses.
///
/// # Errors
/// [`Failure::Token`] without a token, [`Failure::OtherArea`] with one for another area.
pub fn signed_in<T>(request: &Request<T>, area: &str) -> Result<Principal, Failure> {
    let principal = request
        .extensions()
        .get::<Principal>()
        .ok_or(Failure::Token(TokenError::Missing))?;
    if principal.area == area {
        return Ok(principal.clone());
    }
    Err(Failure::OtherArea {
        token_area: principal.area.clone(),
        area: area.to_owned(),
        rule: Rule::OtherArea,
    })
}

/// Whoever signed in, or anybody: for what may be read without signing in. A token for another
/// area counts as none, since what is published is for everybody.
#[must_use]
pub fn principal_or_public<T>(request: &Request<T>, area: &str) -> Principal {
    request
        .extensions()
        .get::<Principal>()
        .filter(|principal| principal.area == area)
        .cloned()
        .unwrap_or_else(|| Principal::anybody(area))
}
