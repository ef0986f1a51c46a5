//! Which partitions a process handles: its share of them, while the others have theirs.
//!
//! RabbitMQ makes the first consumer of a queue its single active one, so if all processes consumed
//! all partitions, the oldest would handle everything. So each consumes only as many as are its
//! share, takes those that nobody consumes, and gives back what is more than its share. How many
//! processes there are is what the main queue counts as consumers. That two may take the same
//! partition at the same moment does no harm: one of them is active, the other finds out later.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use lapin::Connection;
use tokio::sync::{Semaphore, oneshot};
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use crate::events::amqp::consumer::{Consuming, InOrder, consume};
use crate::events::amqp::publisher::{Broken, answered, declare_queue};

/// How often a process looks whether it has its share; partitions of one that died wait as long.
const LOOK: Duration = Duration::from_secs(2);

/// Handles a share of the partitions until told to stop.
pub(super) async fn hold(main: Consuming, stop: CancellationToken) {
    let in_order = InOrder { turns: Arc::new(Semaphore::new(main.concurrency.into())), hurry: stop.clone() };
    let mut holding = Holding { main, in_order, held: BTreeMap::new() };
    while let Some(connection) = stop.run_until_cancelled(holding.main.shared.consuming.connection()).await {
        match stop.run_until_cancelled(holding.look(&connection)).await {
            None => break,
            Some(Ok(counts)) => holding.balance(&counts),
            Some(Err(error)) => {
                tracing::debug!(queue = %holding.main.queue.name, %error, "cannot look at partitions");
            }
        }
        drop(connection);
        // Processes that start together should not look, and take, together.
        let pause = LOOK.mul_f64(rand::random_range(0.75..1.25));
        if stop.run_until_cancelled(tokio::time::sleep(pause)).await.is_none() {
            break;
        }
    }
    holding.held.values().for_each(|held| held.release.cancel());
    for held in holding.held.into_values() {
        // Cut off, or ended by a panic that its hook has told of.
        drop(held.task.await);
    }
}

struct Holding {
    main: Consuming,
    in_order: InOrder,
    held: BTreeMap<usize, Held>,
}

/// A partition that this process consumes.
struct Held {
    release: CancellationToken,
    task: AbortOnDropHandle<()>,
}

/// How many consume the main queue, and each partition.
struct Counts {
    processes: u32,
    partitions: Vec<u32>,
}

impl Holding {
    /// Declares what is declared already, which tells how many consumers there are.
    async fn look(&self, connection: &Connection) -> Result<Counts, Broken> {
        let channel = answered(connection.create_channel()).await?;
        let processes = declare_queue(&channel, &self.main.queue).await?;
        let mut partitions = Vec::new();
        for partition in &self.main.queues.partitions {
            partitions.push(declare_queue(&channel, partition).await?);
        }
        answered(channel.close(200, "OK".into())).await?;
        Ok(Counts { processes, partitions })
    }

    fn balance(&mut self, counts: &Counts) {
        self.held.retain(|_, held| !held.task.is_finished());
        let share = counts.partitions.len().div_ceil(counts.processes.max(1) as usize);
        let mine = self.held.iter().filter(|(_, held)| !held.release.is_cancelled());
        // Those that somebody else consumes as well go first, and by chance: the other one may
        // think of it at the same moment.
        let (doubled, single): (Vec<usize>, Vec<usize>) =
            mine.map(|(index, _)| *index).partition(|index| counts.partitions[*index] > 1 && rand::random());
        let mine = doubled.len() + single.len();
        let surplus = mine.saturating_sub(share).max(doubled.len());
        for index in doubled.iter().chain(&single).take(surplus) {
            self.held[index].release.cancel();
        }
        let nobodys = |index: &usize| counts.partitions[*index] == 0 && !self.held.contains_key(index);
        let mut free: Vec<usize> = (0..counts.partitions.len()).filter(nobodys).collect();
        for _ in mine - surplus..share.min(mine - surplus + free.len()) {
            let index = free.swap_remove(rand::random_range(0..free.len()));
            self.take(index);
        }
    }

    fn take(&mut self, index: usize) {
        let partition = Consuming {
            queue: self.main.queues.partitions[index].clone(),
            topics: Vec::new(),
            concurrency: 1,
            alone: true,
            in_order: Some(self.in_order.clone()),
            ..self.main.clone()
        };
        let release = CancellationToken::new();
        // Nobody waits for the first answer: a partition that is refused is free at the next look.
        let (ready, _) = oneshot::channel();
        let task = AbortOnDropHandle::new(tokio::spawn(consume(Arc::new(partition), ready, release.clone())));
        self.held.insert(index, Held { release, task });
    }
}
