//! The two encodings that letters and logs arrive in: UTF-8 and Windows-1252.

/// What Windows-1252 puts at 0x80 to 0x9F; the five empty places are undefined there.
/// Source: the WHATWG Encoding Standard, index windows-1252, less its five control codes.
const UPPER: [Option<char>; 32] = [
    Some('€'),
    None,
    Some('‚'),
    Some('ƒ'),
    Some('„'),
    Some('…'),
    Some('†'),
    Some('‡'),
    Some('ˆ'),
    Some('‰'),
    Some('Š'),
    Some('‹'),
    Some('Œ'),
    None,
    Some('Ž'),
    None,
    None,
    Some('‘'),
    Some('’'),
    Some('“'),
    Some('”'),
    Some('•'),
    Some('–'),
    Some('—'),
    Some('˜'),
    Some('™'),
    Some('š'),
    Some('›'),
    Some('œ'),
    None,
    Some('ž'),
    Some('Ÿ'),
];

/// Decodes UTF-8, or, where the bytes are not UTF-8, Windows-1252. `None` when they are neither.
pub(crate) fn decode(bytes: &[u8]) -> Option<String> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Some(text.to_owned());
    }
    bytes.iter().map(|&byte| windows_1252(byte)).collect()
}

fn windows_1252(byte: u8) -> Option<char> {
    match byte {
        0x80..=0x9F => UPPER.get(usize::from(byte) - 0x80).copied().flatten(),
        _ => Some(char::from(byte)),
    }
}

/// Whether the bytes start with the mark of UTF-16, which Excel writes as "Unicode Text".
pub(crate) fn is_utf16(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF])
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn utf8_first_then_windows_1252_then_refused() {
        assert_eq!(decode("Café – £5".as_bytes()).as_deref(), Some("Café – £5"));
        assert_eq!(
            decode(b"Caf\xe9 \x96 \xa35 \x93x\x94").as_deref(),
            Some("Café – £5 “x”")
        );
        assert_eq!(decode(b"\x81\xff"), None);
    }
}
