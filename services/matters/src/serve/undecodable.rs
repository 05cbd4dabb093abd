//! A request that is no message of its call is the caller's mistake. tonic answers it with INTERNAL
//! before any handler sees it; here it becomes INVALID_ARGUMENT, like every other bad field.

use api::failure::{Failure, Violations};
use axum::http::{HeaderMap, Response};

/// How tonic begins what it says of bytes that it cannot decode, as it stands in the header.
const UNDECODABLE: &str = "failed%20to%20decode%20Protobuf%20message";
/// gRPC's code INTERNAL, as it stands in the header.
const INTERNAL: &str = "13";

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
    let text = |name| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or("")
    };
    text("grpc-status") == INTERNAL && text("grpc-message").starts_with(UNDECODABLE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tonic::Status;

    fn answered(status: &Status) -> Response<()> {
        let mut response = Response::new(());
        status.add_header(response.headers_mut()).unwrap();
        as_bad_request(response)
    }

    #[test]
    fn only_what_cannot_be_decoded_is_the_callers_mistake() {
        let bad = Status::internal("failed to decode Protobuf message: invalid UTF-8");
        assert_eq!(answered(&bad).headers()["grpc-status"], "3");
        let ours = Status::internal("something went wrong here");
        assert_eq!(answered(&ours).headers()["grpc-status"], "13");
    }
}
