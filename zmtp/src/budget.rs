//! Memory that many connections share.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

/// What each connection may hold in either direction without asking; enough for most messages.
pub(crate) const OWN_BYTES: usize = 16 << 10;

/// What the connections of one kind share.
#[derive(Debug, Clone)]
pub(crate) struct Memory {
    /// For messages that are read.
    pub(crate) incoming: Arc<Budget>,
    /// For messages that are to be written.
    pub(crate) outgoing: Arc<Budget>,
}

impl Memory {
    /// `bytes` for each direction.
    pub(crate) fn new(bytes: usize) -> Self {
        Self { incoming: Budget::new(bytes), outgoing: Budget::new(bytes) }
    }
}

/// Bytes that all connections of a kind may hold together, beyond what each has of its own.
///
/// When it is used up, the smallest wish is granted first: somebody with a large one can wait, and
/// keeps nobody else from what is left.
#[derive(Debug)]
pub(crate) struct Budget {
    bytes: usize,
    /// As in `state`, to be read without a lock.
    left: AtomicUsize,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    left: usize,
    /// By bytes that are missing, then in the order they came.
    waiting: BTreeMap<Wish, Waker>,
    next: u64,
}

/// Bytes, and a number of its own.
type Wish = (usize, u64);

impl Budget {
    pub(crate) fn new(bytes: usize) -> Arc<Self> {
        let state = State { left: bytes, waiting: BTreeMap::new(), next: 0 };
        Arc::new(Self { bytes, left: AtomicUsize::new(bytes), state: Mutex::new(state) })
    }

    /// Whether most of it is in use, so that nobody should keep what they only might need again.
    pub(crate) fn is_scarce(&self) -> bool {
        self.left.load(Ordering::Relaxed) < self.bytes / 2
    }

    /// Whether somebody waits for it.
    pub(crate) fn is_awaited(&self) -> bool {
        !self.lock().waiting.is_empty()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn try_take(&self, bytes: usize) -> bool {
        let mut state = self.lock();
        let is_enough = bytes <= state.left;
        if is_enough {
            state.left -= bytes;
            self.left.store(state.left, Ordering::Relaxed);
        }
        is_enough
    }

    fn give_back(&self, bytes: usize) {
        let mut state = self.lock();
        state.left += bytes;
        self.left.store(state.left, Ordering::Relaxed);
        let wakers = state.called();
        drop(state);
        wakers.into_iter().for_each(Waker::wake);
    }
}

impl State {
    /// Those for whom there is enough now. They stay in line until they have taken it.
    fn called(&self) -> Vec<Waker> {
        let mut left = self.left;
        let fits = |((bytes, _), _): &(&Wish, &Waker)| {
            let rest = left.checked_sub(*bytes);
            left = rest.unwrap_or(0);
            rest.is_some()
        };
        self.waiting.iter().take_while(fits).map(|(_, waker)| waker.clone()).collect()
    }
}

/// What one connection may hold: a little of its own, and what it has taken from a [`Budget`], which
/// goes back when it is dropped.
#[derive(Debug)]
pub(crate) struct Share {
    budget: Arc<Budget>,
    own: usize,
    taken: usize,
    wish: Option<Wish>,
}

impl Share {
    /// One that has taken nothing; `own` bytes do not count.
    pub(crate) fn new(budget: Arc<Budget>, own: usize) -> Self {
        Self { budget, own, taken: 0, wish: None }
    }

    /// Bytes that may be held.
    pub(crate) fn bytes(&self) -> usize {
        self.own + self.taken
    }

    /// Whether it has more than its own.
    pub(crate) fn is_larger(&self) -> bool {
        self.taken > 0
    }

    /// Whether it asked for more and waits for it.
    pub(crate) fn is_waiting(&self) -> bool {
        self.wish.is_some()
    }

    pub(crate) fn budget(&self) -> &Budget {
        &self.budget
    }

    /// Grows to `bytes` if there is enough left.
    pub(crate) fn try_grow(&mut self, bytes: usize) -> bool {
        let missing = bytes.saturating_sub(self.bytes());
        let is_grown = missing == 0 || self.budget.try_take(missing);
        if is_grown {
            self.taken += missing;
        }
        is_grown
    }

    /// Grows to `bytes` as soon as there is enough left.
    pub(crate) fn poll_grow(&mut self, cx: &mut Context<'_>, bytes: usize) -> Poll<()> {
        let missing = bytes.saturating_sub(self.bytes());
        if self.wish.is_some_and(|(wished, _)| wished != missing) {
            self.stop_waiting();
        }
        let mut state = self.budget.lock();
        if missing > state.left {
            let number = state.next;
            let wish = *self.wish.get_or_insert((missing, number));
            state.next += 1;
            state.waiting.insert(wish, cx.waker().clone());
            return Poll::Pending;
        }
        state.left -= missing;
        self.budget.left.store(state.left, Ordering::Relaxed);
        if let Some(wish) = self.wish.take() {
            state.waiting.remove(&wish);
        }
        self.taken += missing;
        Poll::Ready(())
    }

    /// Gives back all but its own.
    pub(crate) fn give_back(&mut self) {
        self.stop_waiting();
        if self.taken > 0 {
            self.budget.give_back(std::mem::take(&mut self.taken));
        }
    }

    fn stop_waiting(&mut self) {
        if let Some(wish) = self.wish.take() {
            let mut state = self.budget.lock();
            state.waiting.remove(&wish);
            // Others may have been passed over for this one.
            let wakers = state.called();
            drop(state);
            wakers.into_iter().for_each(Waker::wake);
        }
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.give_back();
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;

    const OWN: usize = 10;

    fn share(budget: &Arc<Budget>) -> Share {
        Share::new(budget.clone(), OWN)
    }

    fn is_granted(share: &mut Share, bytes: usize) -> bool {
        share.poll_grow(&mut Context::from_waker(Waker::noop()), bytes).is_ready()
    }

    #[test]
    fn ones_own_is_free_and_the_rest_is_bounded() {
        let budget = Budget::new(100);
        let (mut one, mut other) = (share(&budget), share(&budget));
        assert!(one.try_grow(OWN) && !one.is_larger());
        assert!(one.try_grow(OWN + 60) && !other.try_grow(OWN + 41));
        assert!(other.try_grow(OWN + 40) && budget.is_scarce());
        assert_eq!((one.bytes(), other.bytes()), (70, 50));
        assert!(other.try_grow(OWN), "it has more than that");
        one.give_back();
        assert!(!budget.is_scarce() && other.try_grow(OWN + 100));
        drop(other);
        assert!(one.try_grow(OWN + 100), "what is dropped goes back");
    }

    #[test]
    fn the_smallest_wish_goes_first_whoever_came_before() {
        let budget = Budget::new(100);
        let (mut holder, mut large, mut small) = (share(&budget), share(&budget), share(&budget));
        assert!(holder.try_grow(OWN + 100));
        assert!(!is_granted(&mut large, OWN + 90) && !is_granted(&mut small, OWN + 20));
        assert!(budget.is_awaited() && large.is_waiting());
        holder.give_back();
        assert!(is_granted(&mut small, OWN + 20) && !is_granted(&mut large, OWN + 90));
        small.give_back();
        assert!(is_granted(&mut large, OWN + 90) && !large.is_waiting());
        assert!(!budget.is_awaited());
    }

    #[tokio::test]
    async fn who_waits_is_woken_also_when_another_gives_up() {
        let budget = Budget::new(100);
        let (mut holder, mut first) = (share(&budget), share(&budget));
        assert!(holder.try_grow(OWN + 60) && !is_granted(&mut first, OWN + 50));
        let mut second = share(&budget);
        let waiting = tokio::spawn(async move {
            poll_fn(|cx| second.poll_grow(cx, OWN + 60)).await;
            second.bytes()
        });
        tokio::task::yield_now().await;
        // The first is called, and does not come.
        assert!(holder.try_grow(OWN + 60));
        holder.give_back();
        drop(first);
        assert_eq!(waiting.await.expect("it ends"), OWN + 60);
        assert!(!budget.is_awaited());
    }
}
