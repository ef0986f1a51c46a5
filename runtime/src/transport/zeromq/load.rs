//! How much one peer has yet to take.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;

use crate::transport::OUTBOX_MESSAGES;

/// Bytes that may wait for one peer.
const OUTBOX_BYTES: usize = 32 << 20;

/// Counts messages from `send` until the crate has encoded them for the kernel, so that neither
/// our queue nor the crate's, which is 100,000 messages long, grows beyond our bounds.
#[derive(Debug, Default)]
pub(super) struct Load {
    messages: AtomicUsize,
    bytes: AtomicUsize,
}

impl Load {
    /// Counts one more message in, and out again when the crate drops the frame returned; `None`
    /// when that is too much.
    pub(super) fn track(self: &Arc<Self>, frame: Bytes, bytes: usize) -> Option<Bytes> {
        self.messages.fetch_add(1, Ordering::Relaxed);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        let tracked = Tracked { frame, bytes, load: self.clone() };
        let fits = self.messages() <= OUTBOX_MESSAGES && self.bytes.load(Ordering::Relaxed) <= OUTBOX_BYTES;
        fits.then(|| Bytes::from_owner(tracked))
    }

    /// Messages counted in and not yet out.
    pub(super) fn messages(&self) -> usize {
        self.messages.load(Ordering::Relaxed)
    }
}

/// A frame that knows when it was dropped.
struct Tracked {
    frame: Bytes,
    bytes: usize,
    load: Arc<Load>,
}

impl AsRef<[u8]> for Tracked {
    fn as_ref(&self) -> &[u8] {
        &self.frame
    }
}

impl Drop for Tracked {
    fn drop(&mut self) {
        self.load.messages.fetch_sub(1, Ordering::Relaxed);
        self.load.bytes.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_counts_until_its_last_frame_is_dropped() {
        let load = Arc::new(Load::default());
        let frame = load.track(Bytes::new(), 7).expect("empty");
        let copy = frame.clone();
        drop(frame);
        assert_eq!(load.messages(), 1);
        drop(copy);
        assert_eq!(load.messages(), 0);
    }

    #[test]
    fn bytes_are_bounded_and_refusals_leave_nothing_behind() {
        let load = Arc::new(Load::default());
        let half = load.track(Bytes::new(), OUTBOX_BYTES / 2).expect("half fits");
        assert!(load.track(Bytes::new(), OUTBOX_BYTES / 2 + 1).is_none());
        assert!(load.track(Bytes::new(), OUTBOX_BYTES / 2).is_some());
        drop(half);
        assert_eq!(load.bytes.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn messages_are_bounded() {
        let load = Arc::new(Load::default());
        let frames: Vec<_> = (0..OUTBOX_MESSAGES).map(|_| load.track(Bytes::new(), 0)).collect();
        assert!(frames.iter().all(Option::is_some));
        assert!(load.track(Bytes::new(), 0).is_none());
    }
}
