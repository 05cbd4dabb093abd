//! Opaque, versioned, checked strings for clients to bring back: base64url of a version, a
//! checksum and a body. The checksum catches what was cut or mistyped; it is no signature, since
//! neither kind of token opens anything that its bearer could not ask for.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use event_log::Digest;

/// The longest token that is looked at, in characters.
const LONGEST: usize = 2_048;
/// Bytes of the checksum.
const CHECK: usize = 6;

/// Seals a body under the letter of its kind.
pub(super) fn seal(kind: u8, body: &[u8]) -> String {
    let mut bytes = Vec::with_capacity(1 + CHECK + body.len());
    bytes.push(kind);
    bytes.extend_from_slice(&check(kind, body));
    bytes.extend_from_slice(body);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The body again; `None` for anything that [`seal`] did not make under this letter.
pub(super) fn open(kind: u8, text: &str) -> Option<Vec<u8>> {
    if text.len() > LONGEST {
        return None;
    }
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let (found, rest) = bytes.split_first()?;
    let body = rest.get(CHECK..)?;
    (*found == kind && rest[..CHECK] == check(kind, body)).then(|| body.to_vec())
}

fn check(kind: u8, body: &[u8]) -> [u8; CHECK] {
    let mut all = vec![kind];
    all.extend_from_slice(body);
    let digest = Digest::of(&all);
    let mut check = [0; CHECK];
    check.copy_from_slice(&digest.as_bytes()[..CHECK]);
    check
}
