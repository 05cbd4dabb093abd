//! How much of each action an answer holds.

use api::v1;
use domain::policy::Role;
use tonic::Request;

use super::client;
use super::world::{World, reading};

/// The fields of the basic view, as its documentation names them.
fn in_short(row: &v1::ActionRow) -> v1::ActionRow {
    let row = row.clone();
    v1::ActionRow {
        reference: row.reference,
        kind: row.kind,
        status: row.status,
        outcome: row.outcome,
        text: row.text,
        topic: row.topic,
        theme: row.theme,
        meeting: row.meeting,
        meeting_on: row.meeting_on,
        raised_on: row.raised_on,
        asked_of: row.asked_of,
        delegated_to: row.delegated_to,
        delegation_status: row.delegation_status,
        first_due_on: row.first_due_on,
        due_on: row.due_on,
        due_moves: row.due_moves,
        overdue: row.overdue,
        days_overdue: row.days_overdue,
        coverage: row.coverage,
        rag: row.rag,
        restricted: row.restricted,
        stub: row.stub,
        restriction: row.restriction.filter(|_| row.stub),
        last_change_at: row.last_change_at,
        position: row.position,
        ..v1::ActionRow::default()
    }
}

fn list(page_size: u32, page_token: &str, view: v1::ActionView) -> v1::ListActionsRequest {
    v1::ListActionsRequest {
        reading: reading(),
        page_size,
        page_token: page_token.to_owned(),
        view: view.into(),
        ..v1::ListActionsRequest::default()
    }
}

#[tokio::test]
async fn the_views_agree_and_the_basic_one_says_no_more_than_it_names() {
    let world = World::new().await;
    world.generate(11, 900).await;
    let mut client = client(&world).await;
    let mut ask = async |role: Option<Role>, view| {
        let asked = list(1_000, "", view);
        let asked = match role {
            Some(role) => world.by(role, asked),
            None => Request::new(asked),
        };
        let page = client.list_actions(asked).await;
        page.unwrap().into_inner().actions
    };
    for role in [None, Some(Role::Office)] {
        let full = ask(role, v1::ActionView::Full).await;
        assert_eq!(ask(role, v1::ActionView::Unspecified).await, full);
        let expected: Vec<_> = full.iter().map(in_short).collect();
        assert_eq!(ask(role, v1::ActionView::Basic).await, expected);
        // There is enough to leave out.
        assert!(full.len() > 20, "{}", full.len());
        let restricted: Vec<_> = full.iter().filter(|row| row.restricted).collect();
        assert!(!restricted.is_empty());
        assert!(restricted.iter().all(|row| row.stub == role.is_none()));
        assert!(full.iter().any(|row| !row.responses.is_empty()));
        assert!(full.iter().all(|row| row.stub || !row.parts.is_empty()));
    }
}

#[tokio::test]
async fn a_page_token_holds_for_every_view() {
    let world = World::with_a_meeting().await;
    let mut client = client(&world).await;
    let mut ask = async |page_size, token: &str, view| {
        let page = client.list_actions(list(page_size, token, view)).await;
        page.unwrap().into_inner()
    };
    let (basic, full) = (v1::ActionView::Basic, v1::ActionView::Full);
    let whole = ask(1_000, "", full).await.actions;
    let first = ask(1, "", basic).await;
    let second = ask(1, &first.next_page_token, full).await;
    assert_eq!(first.actions, [in_short(&whole[0])]);
    assert_eq!(second.actions, whole[1..2]);
}

#[tokio::test]
async fn changes_have_views_too() {
    let world = World::with_a_meeting().await;
    let mut client = client(&world).await;
    let mut ask = async |view: v1::ActionView| {
        let changes = v1::ListChangesRequest {
            reading: reading(),
            since: Some(v1::list_changes_request::Since::Position(0)),
            view: view.into(),
            ..v1::ListChangesRequest::default()
        };
        let changes = client.list_changes(changes).await;
        changes.unwrap().into_inner().changes
    };
    let mut expected = ask(v1::ActionView::Full).await;
    assert!(expected.len() > 1);
    for change in &mut expected {
        change.action = change.action.as_ref().map(in_short);
    }
    assert_eq!(ask(v1::ActionView::Basic).await, expected);
}

#[tokio::test]
async fn the_basic_view_in_full() {
    let world = World::with_a_meeting().await;
    let mut client = client(&world).await;
    let page = client.list_actions(list(0, "", v1::ActionView::Basic));
    let page = page.await.unwrap().into_inner();
    let told: Vec<_> = page.actions.iter().map(|row| format!("{row:#?}")).collect();
    insta::assert_snapshot!(told.join("\n"));
}
