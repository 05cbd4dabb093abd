//! The calls of the contract, all answered in one way.

use crate::service::Service;
use api::v1;
use api::v1::command_service_server::CommandService;
use tonic::{Request, Response, Status};

macro_rules! answered {
    ($($call:ident: $request:ident => $response:ident;)+) => {
        #[tonic::async_trait]
        impl CommandService for Service {
            $(async fn $call(
                &self,
                request: Request<v1::$request>,
            ) -> Result<Response<v1::$response>, Status> {
                let written = self.answer(request).await?;
                Ok(Response::new(v1::$response {
                    written: Some(written),
                }))
            })+
        }
    };
}

answered! {
    raise_action: RaiseActionRequest => RaiseActionResponse;
    triage_action: TriageActionRequest => TriageActionResponse;
    delegate_action: DelegateActionRequest => DelegateActionResponse;
    accept_delegation: AcceptDelegationRequest => AcceptDelegationResponse;
    decline_delegation: DeclineDelegationRequest => DeclineDelegationResponse;
    transfer_action: TransferActionRequest => TransferActionResponse;
    record_update: RecordUpdateRequest => RecordUpdateResponse;
    respond_to_action: RespondToActionRequest => RespondToActionResponse;
    correct_response: CorrectResponseRequest => CorrectResponseResponse;
    move_due_date: MoveDueDateRequest => MoveDueDateResponse;
    pause_clock: PauseClockRequest => PauseClockResponse;
    resume_clock: ResumeClockRequest => ResumeClockResponse;
    restrict_action: RestrictActionRequest => RestrictActionResponse;
    lift_restriction: LiftRestrictionRequest => LiftRestrictionResponse;
    propose_closure: ProposeClosureRequest => ProposeClosureResponse;
    close_action: CloseActionRequest => CloseActionResponse;
    reopen_action: ReopenActionRequest => ReopenActionResponse;
    withdraw_action: WithdrawActionRequest => WithdrawActionResponse;
    link_actions: LinkActionsRequest => LinkActionsResponse;
    split_action: SplitActionRequest => SplitActionResponse;
    raise_undertaking: RaiseUndertakingRequest => RaiseUndertakingResponse;
    register_body: RegisterBodyRequest => RegisterBodyResponse;
    rename_body: RenameBodyRequest => RenameBodyResponse;
    end_body: EndBodyRequest => EndBodyResponse;
    register_group: RegisterGroupRequest => RegisterGroupResponse;
    rename_group: RenameGroupRequest => RenameGroupResponse;
    detail_group: DetailGroupRequest => DetailGroupResponse;
    end_group: EndGroupRequest => EndGroupResponse;
    open_series: OpenSeriesRequest => OpenSeriesResponse;
    arrange_meeting: ArrangeMeetingRequest => ArrangeMeetingResponse;
    schedule_returns: ScheduleReturnsRequest => ScheduleReturnsResponse;
    save_return_draft: SaveReturnDraftRequest => SaveReturnDraftResponse;
    submit_return: SubmitReturnRequest => SubmitReturnResponse;
    correct_return: CorrectReturnRequest => CorrectReturnResponse;
}
