//! The token of a write, which a later read brings along: a position in one log.

use event_log::Incarnation;
use projection::Token;

use super::sealed;

/// Version 1 of the form.
const KIND: u8 = b'W';

/// The token of a position, as clients carry it.
#[must_use]
pub fn write_token(token: &Token) -> String {
    let mut body = token.sequence.to_be_bytes().to_vec();
    body.extend_from_slice(token.incarnation.0.as_bytes());
    sealed::seal(KIND, &body)
}

/// The position of a token. `None` when it is not one that this program gave out.
#[must_use]
pub fn read_token(text: &str) -> Option<Token> {
    let body = sealed::open(KIND, text)?;
    let (sequence, incarnation) = body.split_at_checked(8)?;
    Some(Token {
        incarnation: Incarnation(String::from_utf8(incarnation.to_vec()).ok()?),
        sequence: u64::from_be_bytes(sequence.try_into().ok()?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_leads_back_and_nothing_else_does() {
        let token = Token {
            incarnation: Incarnation("3f1c".into()),
            sequence: 77,
        };
        let text = write_token(&token);
        assert_eq!(read_token(&text), Some(token));
        assert_eq!(read_token(&text[1..]), None);
        assert_eq!(read_token(&text[..text.len() - 1]), None);
        assert_eq!(read_token(""), None);
        assert_eq!(read_token("77"), None);
        assert_eq!(read_token(&"x".repeat(100_000)), None);
    }
}
