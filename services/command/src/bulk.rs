//! Many writes over one stream, each with its own answer as soon as there is one.
//!
//! An import of thousands of rows need not pay for a call each. Every request goes the way of its own
//! call, token included: what is refused here is refused there, and nothing ties one request of a stream
//! to another.

use crate::answer::WhenFull;
use crate::service::Service;
use api::auth::Standing;
use api::failure::{Failure, Violations};
use api::request::Call;
use api::v1;
use api::v1::bulk_write_response::Answer;
use futures::StreamExt as _;
use futures::stream::BoxStream;
use tonic::{Request, Status, Streaming};

/// Most requests of one stream that are under way; no further one is read before one of them is answered.
const UNDER_WAY: usize = 1_024;

pub(crate) type Answers = BoxStream<'static, Result<v1::BulkWriteResponse, Status>>;

impl Service {
    /// Answers the requests of a stream until it ends, its token no longer holds, or the server stops.
    pub(crate) fn in_bulk(&self, request: Request<Streaming<v1::BulkWriteRequest>>) -> Answers {
        let standing = Standing::of(&request);
        let asked = request
            .into_inner()
            .take_until(self.inner.shutdown.clone().cancelled_owned());
        let service = self.clone();
        asked
            .map(move |asked| {
                let (service, standing) = (service.clone(), standing.clone());
                async move {
                    let asked = asked?;
                    let principal = standing.now().map_err(|f| f.into_status(None))?;
                    let mut request = Request::new(());
                    if let Some(principal) = principal {
                        request.extensions_mut().insert(principal);
                    }
                    Ok(service.one_of_many(asked, &request).await)
                }
            })
            .buffer_unordered(UNDER_WAY)
            .boxed()
    }

    /// The answer to one request, as the one who `opened` the stream.
    pub(crate) async fn one<C: Call>(
        &self,
        message: C,
        opened: &Request<()>,
    ) -> v1::BulkWriteResponse {
        let request_id = message
            .write()
            .map(|write| write.request_id.clone())
            .unwrap_or_default();
        let mut request = Request::new(message);
        *request.extensions_mut() = opened.extensions().clone();
        let answer = match self.answer(request, WhenFull::Wait).await {
            Ok(written) => Answer::Written(written),
            Err(status) => Answer::Refused(refusal(&status)),
        };
        v1::BulkWriteResponse {
            request_id,
            answer: Some(answer),
        }
    }

    /// The answer to a request that asks for nothing this release knows.
    pub(crate) fn asks_nothing(&self) -> v1::BulkWriteResponse {
        let wrong = Violations::one("ask", "is missing: give one request, such as raise_action");
        v1::BulkWriteResponse {
            request_id: String::new(),
            answer: Some(Answer::Refused(refusal(
                &self.refused(Failure::from(wrong), None),
            ))),
        }
    }
}

/// A refusal as its own call would give it.
fn refusal(status: &Status) -> v1::Refusal {
    v1::Refusal {
        code: status.code().into(),
        message: status.message().to_owned(),
        details: status.details().to_vec(),
    }
}
