//! A request that is no message of its call, or none at all, is the caller's mistake. tonic answers it
//! with INTERNAL before any handler sees it; here it becomes INVALID_ARGUMENT, like every other bad
//! field.

use api::failure::{Failure, Violations};
use axum::http::{HeaderMap, Response};
use tonic::{Code, Status};

/// How tonic begins what it says of bytes that are no message, or of frames that hold none. No failure
/// of our own with this code begins so.
const UNDECODABLE: [&str; 4] = [
    "failed to decode Protobuf message",
    "Missing request message",
    "Unexpected EOF decoding stream",
    "protocol error: received message with ",
];

/// The response, with the right code.
pub(super) fn as_bad_request<B>(mut response: Response<B>) -> Response<B> {
    if undecodable(response.headers()) {
        let what =
            "is not a message of this call: texts are UTF-8, and fields are those of the contract";
        let status = Failure::Fields(Violations::one("request", what)).into_status(None);
        let mut headers = HeaderMap::new();
        // A status of our own always fits into headers; if it did not, the first answer stands.
        if status.add_header(&mut headers).is_ok() {
            response.headers_mut().extend(headers);
        }
    }
    response
}

fn undecodable(headers: &HeaderMap) -> bool {
    Status::from_header_map(headers).is_some_and(|status| {
        status.code() == Code::Internal
            && UNDECODABLE
                .iter()
                .any(|text| status.message().starts_with(text))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(status: &Status) -> Response<()> {
        let mut response = Response::new(());
        status.add_header(response.headers_mut()).unwrap();
        as_bad_request(response)
    }

    #[test]
    fn only_what_cannot_be_decoded_is_the_callers_mistake() {
        for text in [
            "failed to decode Protobuf message: invalid UTF-8",
            "Missing request message.",
            "Unexpected EOF decoding stream.",
            "protocol error: received message with compressed-flag but no grpc-encoding was specified",
        ] {
            let bad = Status::internal(text);
            assert_eq!(answered(&bad).headers()["grpc-status"], "3", "{text}");
        }
        let ours = Status::internal("something went wrong here");
        assert_eq!(answered(&ours).headers()["grpc-status"], "13");
    }
}
