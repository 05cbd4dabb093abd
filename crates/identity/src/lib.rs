//! Who is calling: principals from signed tokens, and the program's own issuer.
