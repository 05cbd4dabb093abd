//! The calls of the contract, all answered in one way.

use crate::answer::WhenFull;
use crate::bulk::Answers;
use crate::service::Service;
use api::v1;
use api::v1::bulk_write_request::Ask;
use api::v1::command_service_server::CommandService;
use tonic::{Request, Response, Status, Streaming};

macro_rules! answered {
    ($($call:ident: $ask:ident, $request:ident => $response:ident;)+) => {
        #[tonic::async_trait]
        impl CommandService for Service {
            type BulkWriteStream = Answers;

            $(async fn $call(
                &self,
                request: Request<v1::$request>,
            ) -> Result<Response<v1::$response>, Status> {
                let written = self.answer(request, WhenFull::Refuse).await?;
                Ok(Response::new(v1::$response {
                    written: Some(written),
                }))
            })+

            async fn bulk_write(
                &self,
                request: Request<Streaming<v1::BulkWriteRequest>>,
            ) -> Result<Response<Answers>, Status> {
                Ok(Response::new(self.in_bulk(request)))
            }
        }

        impl Service {
            /// One request of a stream, answered as its own call would answer it.
            pub(crate) async fn one_of_many(
                &self,
                asked: v1::BulkWriteRequest,
                opened: &Request<()>,
            ) -> v1::BulkWriteResponse {
                match asked.ask {
                    $(Some(Ask::$ask(message)) => self.one(message, opened).await,)+
                    None => self.asks_nothing(),
                }
            }
        }
    };
}

answered! {
    raise_action: RaiseAction, RaiseActionRequest => RaiseActionResponse;
    triage_action: TriageAction, TriageActionRequest => TriageActionResponse;
    delegate_action: DelegateAction, DelegateActionRequest => DelegateActionResponse;
    accept_delegation: AcceptDelegation, AcceptDelegationRequest => AcceptDelegationResponse;
    decline_delegation: DeclineDelegation, DeclineDelegationRequest => DeclineDelegationResponse;
    transfer_action: TransferAction, TransferActionRequest => TransferActionResponse;
    record_update: RecordUpdate, RecordUpdateRequest => RecordUpdateResponse;
    respond_to_action: RespondToAction, RespondToActionRequest => RespondToActionResponse;
    correct_response: CorrectResponse, CorrectResponseRequest => CorrectResponseResponse;
    move_due_date: MoveDueDate, MoveDueDateRequest => MoveDueDateResponse;
    pause_clock: PauseClock, PauseClockRequest => PauseClockResponse;
    resume_clock: ResumeClock, ResumeClockRequest => ResumeClockResponse;
    restrict_action: RestrictAction, RestrictActionRequest => RestrictActionResponse;
    lift_restriction: LiftRestriction, LiftRestrictionRequest => LiftRestrictionResponse;
    propose_closure: ProposeClosure, ProposeClosureRequest => ProposeClosureResponse;
    close_action: CloseAction, CloseActionRequest => CloseActionResponse;
    reopen_action: ReopenAction, ReopenActionRequest => ReopenActionResponse;
    withdraw_action: WithdrawAction, WithdrawActionRequest => WithdrawActionResponse;
    link_actions: LinkActions, LinkActionsRequest => LinkActionsResponse;
    split_action: SplitAction, SplitActionRequest => SplitActionResponse;
    raise_undertaking: RaiseUndertaking, RaiseUndertakingRequest => RaiseUndertakingResponse;
    register_body: RegisterBody, RegisterBodyRequest => RegisterBodyResponse;
    rename_body: RenameBody, RenameBodyRequest => RenameBodyResponse;
    end_body: EndBody, EndBodyRequest => EndBodyResponse;
    register_group: RegisterGroup, RegisterGroupRequest => RegisterGroupResponse;
    rename_group: RenameGroup, RenameGroupRequest => RenameGroupResponse;
    detail_group: DetailGroup, DetailGroupRequest => DetailGroupResponse;
    end_group: EndGroup, EndGroupRequest => EndGroupResponse;
    open_series: OpenSeries, OpenSeriesRequest => OpenSeriesResponse;
    arrange_meeting: ArrangeMeeting, ArrangeMeetingRequest => ArrangeMeetingResponse;
    schedule_returns: ScheduleReturns, ScheduleReturnsRequest => ScheduleReturnsResponse;
    save_return_draft: SaveReturnDraft, SaveReturnDraftRequest => SaveReturnDraftResponse;
    submit_return: SubmitReturn, SubmitReturnRequest => SubmitReturnResponse;
    correct_return: CorrectReturn, CorrectReturnRequest => CorrectReturnResponse;
}
