//! The questions through gRPC.

use super::beside::Asked;
use super::program::{Bearer, Program};
use super::v1::query_service_client::QueryServiceClient;
use super::v1::{
    ActionFilter, ActionView, AsOf, CountActionsRequest, GetActionRequest, GetReturnsMatrixRequest,
    ListActionsRequest, Reading,
};
use anyhow::{Result, bail};
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Channel;

/// A client of the read side.
#[derive(Clone)]
pub(crate) struct Reader {
    stub: QueryServiceClient<InterceptedService<Channel, Bearer>>,
    asked: Asked,
}

impl Reader {
    pub(crate) fn new(program: &Program, asked: &Asked, turn: usize) -> Self {
        // As in the process: who may read what is restricted.
        let (channel, office) = (program.channel(turn), program.office.clone());
        Self {
            stub: QueryServiceClient::with_interceptor(channel, office),
            asked: asked.clone(),
        }
    }

    fn reading(&self) -> Reading {
        Reading {
            area: self.asked.area.clone(),
            ..Reading::default()
        }
    }

    /// Asks one question; how many things are in the answer.
    pub(crate) async fn ask(&mut self, what: &str) -> Result<usize> {
        let list = |reading: Reading, text: &str| ListActionsRequest {
            reading: Some(reading),
            filter: Some(ActionFilter {
                open: Some(true),
                text: text.to_owned(),
                ..ActionFilter::default()
            }),
            page_size: 50,
            // What a list shows, which is what PostgreSQL is asked for.
            view: ActionView::Basic.into(),
            ..ListActionsRequest::default()
        };
        let now = self.reading();
        let request = match what {
            "page" => list(now, ""),
            "page-whole" => ListActionsRequest {
                view: ActionView::Full.into(),
                ..list(now, "")
            },
            "common-text" => list(now, &self.asked.common),
            "rare-text" => list(now, &self.asked.rare),
            "as-of" => {
                let as_of = AsOf {
                    true_on: self.asked.as_of.to_string(),
                    ..AsOf::default()
                };
                let then = Reading {
                    as_of: Some(as_of),
                    ..now
                };
                list(then, "")
            }
            _ => return self.ask_otherwise(what).await,
        };
        let answer = self.stub.list_actions(request).await?;
        Ok(answer.into_inner().actions.len())
    }

    async fn ask_otherwise(&mut self, what: &str) -> Result<usize> {
        let reading = Some(self.reading());
        Ok(match what {
            "counts" => {
                let filter = Some(ActionFilter {
                    open: Some(true),
                    ..ActionFilter::default()
                });
                let request = CountActionsRequest { reading, filter };
                let answer = self.stub.count_actions(request).await?.into_inner();
                answer.by_status.len()
            }
            "one" => {
                let reference = self.asked.one.clone();
                let request = GetActionRequest { reading, reference };
                self.stub
                    .get_action(request)
                    .await?
                    .into_inner()
                    .story
                    .len()
            }
            "matrix" => {
                let request = GetReturnsMatrixRequest {
                    reading,
                    board: String::new(),
                    from_quarter: self.asked.from.clone(),
                    to_quarter: self.asked.to.clone(),
                };
                let answer = self.stub.get_returns_matrix(request).await?;
                answer.into_inner().cells.len()
            }
            _ => bail!("{what} is no question"),
        })
    }
}
