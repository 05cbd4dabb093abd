//! The message of a request: any of the calls of the contract.

use api::v1;

/// Any request of the contract, as a stream of many would carry it.
pub type Message = v1::bulk_write_request::Ask;

/// The name of its call.
#[must_use]
pub fn rpc(message: &Message) -> &'static str {
    match message {
        Message::RaiseAction(_) => "RaiseAction",
        Message::TriageAction(_) => "TriageAction",
        Message::DelegateAction(_) => "DelegateAction",
        Message::AcceptDelegation(_) => "AcceptDelegation",
        Message::DeclineDelegation(_) => "DeclineDelegation",
        Message::TransferAction(_) => "TransferAction",
        Message::RecordUpdate(_) => "RecordUpdate",
        Message::RespondToAction(_) => "RespondToAction",
        Message::CorrectResponse(_) => "CorrectResponse",
        Message::MoveDueDate(_) => "MoveDueDate",
        Message::PauseClock(_) => "PauseClock",
        Message::ResumeClock(_) => "ResumeClock",
        Message::RestrictAction(_) => "RestrictAction",
        Message::LiftRestriction(_) => "LiftRestriction",
        Message::ProposeClosure(_) => "ProposeClosure",
        Message::CloseAction(_) => "CloseAction",
        Message::ReopenAction(_) => "ReopenAction",
        Message::WithdrawAction(_) => "WithdrawAction",
        Message::LinkActions(_) => "LinkActions",
        Message::SplitAction(_) => "SplitAction",
        Message::RaiseUndertaking(_) => "RaiseUndertaking",
        Message::RegisterBody(_) => "RegisterBody",
        Message::RenameBody(_) => "RenameBody",
        Message::EndBody(_) => "EndBody",
        Message::RegisterGroup(_) => "RegisterGroup",
        Message::RenameGroup(_) => "RenameGroup",
        Message::DetailGroup(_) => "DetailGroup",
        Message::EndGroup(_) => "EndGroup",
        Message::OpenSeries(_) => "OpenSeries",
        Message::ArrangeMeeting(_) => "ArrangeMeeting",
        Message::ScheduleReturns(_) => "ScheduleReturns",
        Message::SaveReturnDraft(_) => "SaveReturnDraft",
        Message::SubmitReturn(_) => "SubmitReturn",
        Message::CorrectReturn(_) => "CorrectReturn",
    }
}

/// Sends a message to whatever has the calls of the contract, a service or a client of one.
#[macro_export]
macro_rules! send {
    ($to:expr, $message:expr, $request:expr) => {{
        use $crate::request::Message;
        macro_rules! to {
            ($call:ident, $asked:expr) => {
                $to.$call($request($asked.clone()))
                    .await
                    .map(|answer| answer.into_inner().written.unwrap_or_default())
            };
        }
        match $message {
            Message::RaiseAction(asked) => to!(raise_action, asked),
            Message::TriageAction(asked) => to!(triage_action, asked),
            Message::DelegateAction(asked) => to!(delegate_action, asked),
            Message::AcceptDelegation(asked) => to!(accept_delegation, asked),
            Message::DeclineDelegation(asked) => to!(decline_delegation, asked),
            Message::TransferAction(asked) => to!(transfer_action, asked),
            Message::RecordUpdate(asked) => to!(record_update, asked),
            Message::RespondToAction(asked) => to!(respond_to_action, asked),
            Message::CorrectResponse(asked) => to!(correct_response, asked),
            Message::MoveDueDate(asked) => to!(move_due_date, asked),
            Message::PauseClock(asked) => to!(pause_clock, asked),
            Message::ResumeClock(asked) => to!(resume_clock, asked),
            Message::RestrictAction(asked) => to!(restrict_action, asked),
            Message::LiftRestriction(asked) => to!(lift_restriction, asked),
            Message::ProposeClosure(asked) => to!(propose_closure, asked),
            Message::CloseAction(asked) => to!(close_action, asked),
            Message::ReopenAction(asked) => to!(reopen_action, asked),
            Message::WithdrawAction(asked) => to!(withdraw_action, asked),
            Message::LinkActions(asked) => to!(link_actions, asked),
            Message::SplitAction(asked) => to!(split_action, asked),
            Message::RaiseUndertaking(asked) => to!(raise_undertaking, asked),
            Message::RegisterBody(asked) => to!(register_body, asked),
            Message::RenameBody(asked) => to!(rename_body, asked),
            Message::EndBody(asked) => to!(end_body, asked),
            Message::RegisterGroup(asked) => to!(register_group, asked),
            Message::RenameGroup(asked) => to!(rename_group, asked),
            Message::DetailGroup(asked) => to!(detail_group, asked),
            Message::EndGroup(asked) => to!(end_group, asked),
            Message::OpenSeries(asked) => to!(open_series, asked),
            Message::ArrangeMeeting(asked) => to!(arrange_meeting, asked),
            Message::ScheduleReturns(asked) => to!(schedule_returns, asked),
            Message::SaveReturnDraft(asked) => to!(save_return_draft, asked),
            Message::SubmitReturn(asked) => to!(submit_return, asked),
            Message::CorrectReturn(asked) => to!(correct_return, asked),
        }
    }};
}
