//! Returns that were read, kept for the next action they speak of.
//!
//! A return speaks of every action of its group, and the story of each tells one update of each
//! return: to read them whole again for every story was most of what a story cost. A message of a
//! log never changes, so what was read holds for as long as the log is the same one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use api::message::ReadRecord;
use event_log::{Incarnation, Sequence};

/// Most bytes of the messages that are kept; as they are held, they take about twice as much.
const MOST: usize = 8 << 20;

/// By their sequence.
#[derive(Default)]
pub(crate) struct Returns(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    of: Option<Incarnation>,
    there: HashMap<Sequence, Arc<ReadRecord>>,
    bytes: usize,
}

impl Returns {
    /// What is kept of these messages of a log, each in the place of its sequence.
    pub(crate) fn get(
        &self,
        of: Option<&Incarnation>,
        sequences: &[Sequence],
    ) -> Vec<Option<Arc<ReadRecord>>> {
        let kept = self.lock();
        let known = of.is_some() && kept.of.as_ref() == of;
        let get = |at| kept.there.get(at).filter(|_| known).cloned();
        sequences.iter().map(get).collect()
    }

    /// Keeps a message of a log, so many bytes long, when it is of a return.
    pub(crate) fn put(
        &self,
        of: Option<&Incarnation>,
        sequence: Sequence,
        read: &Arc<ReadRecord>,
        bytes: usize,
    ) {
        if of.is_none() || !read.is_of_a_return() || bytes > MOST {
            return;
        }
        let mut kept = self.lock();
        if kept.of.as_ref() != of || kept.bytes + bytes > MOST {
            *kept = Kept {
                of: of.cloned(),
                ..Kept::default()
            };
        }
        if kept.there.insert(sequence, Arc::clone(read)).is_none() {
            kept.bytes += bytes;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use api::v1;
    use domain::policy::Role;
    use domain::reference::Reference;

    use crate::tests::world::{World, reading};

    async fn records(world: &World) -> Vec<event_log::Record> {
        use event_log::EventLog as _;
        world.log.read_batch(0, 1_000).await.unwrap()
    }

    fn incarnation(name: &str) -> Incarnation {
        Incarnation(name.to_owned())
    }

    #[tokio::test]
    async fn returns_of_one_log_are_kept_and_nothing_else() {
        let world = World::with_a_meeting().await;
        let (here, there) = (incarnation("here"), incarnation("there"));
        let returns = Returns::default();
        let mut kept = Vec::new();
        for record in records(&world).await {
            let Ok(read) = ReadRecord::of(&record) else {
                continue;
            };
            let (at, read) = (record.sequence, Arc::new(read));
            returns.put(None, at, &read, record.body.len());
            assert_eq!(returns.get(None, &[at]), [None]);
            returns.put(Some(&here), at, &read, record.body.len());
            let is_return = record.subject.as_str().contains(".return.");
            assert_eq!(read.is_of_a_return(), is_return);
            assert_eq!(returns.get(Some(&here), &[at])[0].is_some(), is_return);
            kept.extend(is_return.then_some((at, read)));
        }
        assert!(kept.len() > 1);
        let (first, read) = &kept[0];
        assert_eq!(returns.get(Some(&there), &[*first]), [None]);
        // What is of another log takes the place of what was there, and so does what is too much.
        returns.put(Some(&there), *first, read, MOST);
        assert_eq!(returns.get(Some(&here), &[*first]), [None]);
        assert_eq!(returns.get(Some(&there), &[*first]), [Some(read.clone())]);
        returns.put(Some(&there), first + 1, read, 1);
        assert_eq!(returns.get(Some(&there), &[*first]), [None]);
        returns.put(Some(&there), first + 2, read, MOST + 1);
        assert_eq!(returns.get(Some(&there), &[first + 2]), [None]);
    }

    #[tokio::test]
    async fn every_story_is_the_same_when_returns_are_kept() {
        let world = World::new().await;
        world.generate(11, 3_000).await;
        let mut client = crate::tests::client(&world).await;
        let list = v1::ListActionsRequest {
            reading: reading(),
            page_size: 1_000,
            ..v1::ListActionsRequest::default()
        };
        let list = client.list_actions(world.by(Role::Office, list)).await;
        let (mut told, mut of_returns) = (0, 0);
        for row in list.unwrap().into_inner().actions {
            let one = v1::GetActionRequest {
                reading: reading(),
                reference: row.reference.clone(),
            };
            let mut ask = async || {
                let story = client.get_action(world.by(Role::Office, one.clone())).await;
                story.unwrap().into_inner()
            };
            let (first, second) = (ask().await, ask().await);
            assert_eq!(first.story, second.story);
            assert_eq!(first.due_explained, second.due_explained);
            // And as what is read anew says it.
            let reference = Reference::new(&row.reference).unwrap();
            let mut expected = Vec::new();
            for record in records_of(&world, &first.story).await {
                let read = ReadRecord::of(&record).unwrap();
                let said = read.story_of(&reference, None).unwrap();
                expected.extend(said.into_iter().map(|(entry, _)| entry));
            }
            assert_eq!(first.story, expected);
            let returned = |entry: &&v1::StoryEntry| entry.r#type.starts_with("return.");
            told += first.story.len();
            of_returns += first.story.iter().filter(returned).count();
        }
        assert!(told > of_returns && of_returns > 20, "{of_returns}");
    }

    async fn records_of(world: &World, story: &[v1::StoryEntry]) -> Vec<event_log::Record> {
        use event_log::EventLog as _;
        let mut positions: Vec<_> = story.iter().map(|entry| entry.position).collect();
        positions.dedup();
        let records = world.log.read_many(&positions).await.unwrap();
        records.into_iter().flatten().collect()
    }
}
