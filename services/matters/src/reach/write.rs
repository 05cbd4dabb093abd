//! Every write of the contract behind one trait: what they share is the envelope and the outcome.

use super::{Command, within};
use api::v1;
use std::future::Future;
use tonic::Status;

/// A request that appends to the record.
pub(crate) trait WriteCall: prost::Message + Clone {
    /// The message's name in the contract.
    const NAME: &'static str;

    /// Puts the envelope in.
    fn set_write(&mut self, write: v1::Write);

    /// Sends it.
    fn send(self, client: &mut Command)
    -> impl Future<Output = Result<v1::Written, Status>> + Send;
}

macro_rules! writes {
    ($($request:ident $method:ident;)+) => { $(impl WriteCall for v1::$request {
        const NAME: &'static str = stringify!($request);

        fn set_write(&mut self, write: v1::Write) {
            self.write = Some(write);
        }

        async fn send(self, client: &mut Command) -> Result<v1::Written, Status> {
            let id = self.write.as_ref().map(|write| write.request_id.clone());
            let mut request = within(self);
            // For the server's log: the id in the message is what counts.
            if let Some(Ok(id)) = id.map(|id| id.parse()) {
                request.metadata_mut().insert("x-request-id", id);
            }
            let answer = client.$method(request).await?.into_inner();
            answer
                .written
                .ok_or_else(|| Status::internal("the answer does not say what was written"))
        }
    })+ };
}
writes! {
    RaiseActionRequest raise_action;
    TriageActionRequest triage_action;
    DelegateActionRequest delegate_action;
    AcceptDelegationRequest accept_delegation;
    DeclineDelegationRequest decline_delegation;
    TransferActionRequest transfer_action;
    RecordUpdateRequest record_update;
    RespondToActionRequest respond_to_action;
    CorrectResponseRequest correct_response;
    MoveDueDateRequest move_due_date;
    PauseClockRequest pause_clock;
    ResumeClockRequest resume_clock;
    RestrictActionRequest restrict_action;
    LiftRestrictionRequest lift_restriction;
    ProposeClosureRequest propose_closure;
    CloseActionRequest close_action;
    ReopenActionRequest reopen_action;
    WithdrawActionRequest withdraw_action;
    LinkActionsRequest link_actions;
    SplitActionRequest split_action;
    RaiseUndertakingRequest raise_undertaking;
    RegisterBodyRequest register_body;
    RenameBodyRequest rename_body;
    EndBodyRequest end_body;
    RegisterGroupRequest register_group;
    RenameGroupRequest rename_group;
    DetailGroupRequest detail_group;
    EndGroupRequest end_group;
    OpenSeriesRequest open_series;
    ArrangeMeetingRequest arrange_meeting;
    ScheduleReturnsRequest schedule_returns;
    SaveReturnDraftRequest save_return_draft;
    SubmitReturnRequest submit_return;
    CorrectReturnRequest correct_return;
}
