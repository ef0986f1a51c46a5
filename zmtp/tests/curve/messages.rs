//! Messages of a connection that stands.

use bytes::BytesMut;
use lymph_zmtp::curve::{CurveError, Flags, OVERHEAD};
use proptest::prelude::*;

use crate::{Keys, open, seal, seal_with};

fn out_of_order(expected: u64, received: u64) -> CurveError {
    CurveError::OutOfOrder { command: "MESSAGE", expected, received }
}

#[test]
fn flags_travel_sealed() {
    let (mut client, mut server) = Keys::generate().connect();
    for flags in [(false, false), (true, false), (false, true), (true, true)] {
        let flags = Flags { more: flags.0, command: flags.1 };
        let mut frame = seal_with(&mut client, flags, b"payload");
        let message = server.open(&mut frame).expect("it is the client's");
        assert_eq!((message.flags, &frame[message.payload]), (flags, &b"payload"[..]));
    }
}

#[test]
fn sealing_appends() {
    let (mut client, mut server) = Keys::generate().connect();
    let mut out = BytesMut::from(&b"before"[..]);
    client.seal(Flags::default(), b"one", &mut out).expect("numbers are left");
    client.seal(Flags::default(), b"", &mut out).expect("numbers are left");
    let mut frames = out.split_off(6);
    assert_eq!(&out[..], b"before");
    let mut second = frames.split_off(OVERHEAD + 3);
    assert_eq!(second.len(), OVERHEAD);
    assert_eq!(open(&mut server, &frames), Ok(b"one".to_vec()));
    assert_eq!(server.open(&mut second).expect("it is the client's").payload.len(), 0);
}

#[test]
fn same_payload_is_never_sealed_alike() {
    let (mut client, _) = Keys::generate().connect();
    let (first, second) = (seal(&mut client, &[0; 64]), seal(&mut client, &[0; 64]));
    assert!(first.iter().zip(&second).filter(|(one, other)| one == other).count() < 32);
}

#[test]
fn repeated_message_is_refused() {
    let (mut client, mut server) = Keys::generate().connect();
    let first = seal(&mut client, b"pay 100");
    assert!(open(&mut server, &first).is_ok());
    assert_eq!(open(&mut server, &first), Err(out_of_order(4, 3)));
}

#[test]
fn exchanged_messages_are_refused() {
    let (mut client, mut server) = Keys::generate().connect();
    let (_first, second) = (seal(&mut client, b"first"), seal(&mut client, b"second"));
    assert_eq!(open(&mut server, &second), Err(out_of_order(3, 4)));
}

#[test]
fn left_out_message_is_noticed() {
    let (mut client, mut server) = Keys::generate().connect();
    let frames: Vec<_> = (0..3).map(|n| seal(&mut server, &[n])).collect();
    assert!(open(&mut client, &frames[0]).is_ok());
    assert_eq!(open(&mut client, &frames[2]), Err(out_of_order(3, 4)));
}

#[test]
fn number_cannot_be_changed() {
    let (mut client, mut server) = Keys::generate().connect();
    seal(&mut client, b"left out");
    let mut second = seal(&mut client, b"second");
    second[8..16].copy_from_slice(&3_u64.to_be_bytes());
    assert_eq!(open(&mut server, &second), Err(CurveError::Forged { command: "MESSAGE" }));
}

#[test]
fn message_returned_to_its_sender_is_refused() {
    let keys = Keys::generate();
    let (mut client, _) = keys.connect();
    seal(&mut client, b"number 3, which the server has not reached");
    let (mut client, mut server) = keys.connect();
    open(&mut client, &seal(&mut server, b"number 2")).expect("it is the server's");
    let own = seal(&mut client, b"number 3");
    assert_eq!(open(&mut client, &own), Err(CurveError::Forged { command: "MESSAGE" }));
}

#[test]
fn message_of_another_connection_is_refused() {
    let keys = Keys::generate();
    let (mut client, _) = keys.connect();
    let (_, mut server) = keys.connect();
    let error = open(&mut server, &seal(&mut client, b"payload"));
    assert_eq!(error, Err(CurveError::Forged { command: "MESSAGE" }));
}

proptest! {
    #[test]
    fn payloads_arrive(
        payloads in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 1..8),
        from_client in prop::collection::vec(any::<bool>(), 8),
    ) {
        let (mut client, mut server) = Keys::generate().connect();
        for (payload, from_client) in payloads.iter().zip(from_client) {
            let (from, to) = if from_client { (&mut client, &mut server) } else { (&mut server, &mut client) };
            prop_assert_eq!(&open(to, &seal(from, payload)).expect("nobody touched it"), payload);
        }
    }
}
