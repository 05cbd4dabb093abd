//! Who is calling: the bearer token of a request, as a principal.
