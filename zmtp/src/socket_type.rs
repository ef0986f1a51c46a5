//! ZeroMQ's socket types, and which talk with which.

use std::fmt;

macro_rules! socket_types {
    ($($(#[$doc:meta])* $name:ident = $text:literal talks to $($peer:ident)*;)*) => {
        /// What a socket is, as it says in its handshake.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum SocketType {
            $($(#[$doc])* $name,)*
        }

        impl SocketType {
            /// The name on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// The type of this name.
            #[must_use]
            pub fn from_wire(name: &[u8]) -> Option<Self> {
                [$(Self::$name),*].into_iter().find(|it| it.as_str().as_bytes() == name)
            }

            /// Whether the specification lets the two exchange messages.
            #[must_use]
            pub const fn talks_to(self, peer: Self) -> bool {
                match self { $(Self::$name => matches!(peer, $(Self::$peer)|*),)* }
            }
        }
    };
}

socket_types! {
    /// Asks, then waits for the answer.
    Req = "REQ" talks to Rep Router;
    /// Answers what it was asked last.
    Rep = "REP" talks to Req Dealer;
    /// Sends and receives in any order.
    Dealer = "DEALER" talks to Rep Dealer Router;
    /// Like a dealer, and knows its peers by identity.
    Router = "ROUTER" talks to Req Dealer Router;
    /// Sends to all who subscribed.
    Pub = "PUB" talks to Sub XSub;
    /// Like `PUB`, and sees subscriptions.
    XPub = "XPUB" talks to Sub XSub;
    /// Receives what it subscribed to.
    Sub = "SUB" talks to Pub XPub;
    /// Like `SUB`, and writes subscriptions by hand.
    XSub = "XSUB" talks to Pub XPub;
    /// Hands each message to one peer.
    Push = "PUSH" talks to Pull;
    /// Receives from many.
    Pull = "PULL" talks to Push;
    /// Has one peer only.
    Pair = "PAIR" talks to Pair;
}

impl fmt::Display for SocketType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::SocketType::*;
    use super::*;

    #[test]
    fn talking_is_mutual_and_names_come_back() {
        let all = [Req, Rep, Dealer, Router, Pub, XPub, Sub, XSub, Push, Pull, Pair];
        for one in all {
            assert_eq!(SocketType::from_wire(one.as_str().as_bytes()), Some(one));
            for other in all {
                assert_eq!(one.talks_to(other), other.talks_to(one), "{one} and {other}");
            }
        }
        assert!(!Rep.talks_to(Router));
        assert_eq!(SocketType::from_wire(b"router"), None);
    }
}
