//! What a peer may ask of us.

/// Bounds on what one peer sends. Each is checked when a length is announced, before any memory is
/// set aside for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one frame of a message.
    pub frame_bytes: usize,
    /// Bytes of one message, with the few that frame it.
    pub message_bytes: usize,
    /// Frames of one message.
    pub frames: usize,
    /// Bytes of one command, which bounds metadata as well.
    pub command_bytes: usize,
    /// Properties in the metadata of one peer.
    pub properties: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { frame_bytes: 4 << 20, message_bytes: 8 << 20, frames: 16, command_bytes: 4096, properties: 32 }
    }
}
