//! Boxes: what one pair of keys can seal and only the other pair can open.
//!
//! NaCl's `crypto_box` in two steps, as CURVE uses it: X25519 and HSalsa20 once for a pair of
//! keys, XSalsa20 and Poly1305 for each box. XSalsa20 derives a key of its own from the first 16
//! bytes of a nonce. In CURVE those say what a box is for and stay the same for all messages of
//! one direction, so [`BoxKey::family`] derives that key once instead of for every message.

use std::fmt;

use poly1305::Poly1305;
use poly1305::universal_hash::KeyInit;
use salsa20::cipher::consts::U10;
use salsa20::cipher::{KeyIvInit, StreamCipher};
use salsa20::{Salsa20, hsalsa};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::error::CurveError;
use super::key::{KEY_LEN, PublicKey, SecretKey, fill_random};

/// Bytes of the tag in front of what a box holds.
pub(super) const TAG_LEN: usize = 16;

/// Random bytes of a nonce for boxes that long-term keys seal; eight letters go before them.
pub(super) const LONG_NONCE_LEN: usize = 16;

/// What two peers share who know a secret key each and the other's public one.
pub(super) struct BoxKey(Zeroizing<[u8; KEY_LEN]>);

impl BoxKey {
    /// The key of boxes between the owners of `secret` and `public`; the same from either side.
    ///
    /// # Errors
    ///
    /// [`CurveError::InvalidKey`] when `public` belongs to no secret key.
    pub(super) fn agree(secret: &SecretKey, public: &PublicKey) -> Result<Self, CurveError> {
        let shared = secret.agree(public).ok_or(CurveError::InvalidKey)?;
        Ok(Self(derive(shared.as_bytes(), &[0; 16])))
    }

    /// A key for boxes that who seals them opens again.
    pub(super) fn random() -> Result<Self, CurveError> {
        let mut key = Zeroizing::new([0; KEY_LEN]);
        fill_random(&mut *key)?;
        Ok(Self(key))
    }

    /// The key of all boxes whose nonces begin with `prefix`.
    pub(super) fn family(&self, prefix: &[u8; 16]) -> FamilyKey {
        FamilyKey(derive(&self.0, prefix))
    }

    /// Seals `content` of a box of its own with a random nonce after `prefix`, and appends nonce
    /// and box to `out`.
    pub(super) fn seal_long(
        &self,
        prefix: &[u8; 8],
        content: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), CurveError> {
        let mut nonce = [0; LONG_NONCE_LEN];
        fill_random(&mut nonce)?;
        out.extend_from_slice(&nonce);
        let start = out.len();
        out.extend_from_slice(&[0; TAG_LEN]);
        out.extend_from_slice(content);
        let (key, rest) = self.long(prefix, &nonce);
        key.seal(&rest, &mut out[start..]);
        Ok(())
    }

    /// Opens what [`BoxKey::seal_long`] made; `None` when it did not with this key and prefix.
    pub(super) fn open_long(&self, prefix: &[u8; 8], nonce_and_box: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, sealed) = nonce_and_box.split_first_chunk()?;
        let (key, rest) = self.long(prefix, nonce);
        key.open_copy(&rest, sealed)
    }

    fn long(&self, prefix: &[u8; 8], nonce: &[u8; LONG_NONCE_LEN]) -> (FamilyKey, [u8; 8]) {
        let (mut first, mut rest) = ([0; 16], [0; 8]);
        first[..8].copy_from_slice(prefix);
        first[8..].copy_from_slice(&nonce[..8]);
        rest.copy_from_slice(&nonce[8..]);
        (self.family(&first), rest)
    }
}

/// The key of all boxes whose nonces begin with the same 16 bytes.
pub(super) struct FamilyKey(Zeroizing<[u8; KEY_LEN]>);

impl FamilyKey {
    /// Seals what follows the first [`TAG_LEN`] bytes of `room`, which will hold the tag.
    ///
    /// The same `nonce` must never be used twice.
    pub(super) fn seal(&self, nonce: &[u8; 8], room: &mut [u8]) {
        let Some((tag, content)) = room.split_first_chunk_mut::<TAG_LEN>() else {
            unreachable!("whoever seals makes room for the tag");
        };
        let (mut stream, authenticator) = self.begin(nonce);
        stream.apply_keystream(content);
        *tag = authenticator.compute_unpadded(content).into();
    }

    /// Opens a box in its place and returns what it held; `None`, and the box is unchanged, when
    /// it was not sealed with this key and nonce.
    pub(super) fn open<'a>(&self, nonce: &[u8; 8], sealed: &'a mut [u8]) -> Option<&'a mut [u8]> {
        let (tag, content) = sealed.split_first_chunk_mut::<TAG_LEN>()?;
        let (mut stream, authenticator) = self.begin(nonce);
        let expected: [u8; TAG_LEN] = authenticator.compute_unpadded(content).into();
        if !bool::from(expected.ct_eq(tag)) {
            return None;
        }
        stream.apply_keystream(content);
        Some(content)
    }

    /// Opens a box into memory that is erased when dropped.
    pub(super) fn open_copy(&self, nonce: &[u8; 8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let mut copy = Zeroizing::new(sealed.to_vec());
        self.open(nonce, &mut copy)?;
        copy.drain(..TAG_LEN);
        Some(copy)
    }

    /// The stream that hides the content, and what computes its tag, keyed by the stream's start.
    fn begin(&self, nonce: &[u8; 8]) -> (Salsa20, Poly1305) {
        let mut stream = Salsa20::new((&*self.0).into(), nonce.into());
        let mut key = Zeroizing::new([0; KEY_LEN]);
        stream.apply_keystream(&mut *key);
        let authenticator = Poly1305::new((&*key).into());
        (stream, authenticator)
    }
}

fn derive(key: &[u8; KEY_LEN], input: &[u8; 16]) -> Zeroizing<[u8; KEY_LEN]> {
    Zeroizing::new(hsalsa::<U10>(key.into(), input.into()).into())
}

impl fmt::Debug for BoxKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BoxKey(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // The keys, nonce and box that "Cryptography in NaCl" computes step by step.
    const ALICE_SECRET: &str = "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a";
    const ALICE_PUBLIC: &str = "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a";
    const BOB_SECRET: &str = "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb";
    const BOB_PUBLIC: &str = "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f";
    const FIRST_KEY: &str = "1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389";
    const NONCE: &str = "69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37";
    const CONTENT: &str = "be075fc53c81f2d5cf141316ebeb0c7b5228c52a4c62cbd44b66849b64244ffc\
        e5ecbaaf33bd751a1ac728d45e6c61296cdc3c01233561f41db66cce314adb31\
        0e3be8250c46f06dceea3a7fa1348057e2f6556ad6b1318a024a838f21af1fde\
        048977eb48f59ffd4924ca1c60902e52f0a089bc76897040e082f93776384864\
        5e0705";
    const SEALED: &str = "f3ffc7703f9400e52a7dfb4b3d3305d98e993b9f48681273c29650ba32fc76ce\
        48332ea7164d96a4476fb8c531a1186ac0dfc17c98dce87b4da7f011ec48c972\
        71d2c20f9b928fe2270d6fb863d51738b48eeee314a7cc8ab932164548e526ae\
        90224368517acfeabd6bb3732bc0e9da99832b61ca01b6de56244a9e88d5f9b3\
        7973f622a43d14a6599b1f654cb45a74e355a5";

    fn bytes(hex: &str) -> Vec<u8> {
        let digits = hex.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).expect("ASCII"));
        digits.map(|pair| u8::from_str_radix(pair, 16).expect("two digits")).collect()
    }

    fn array<const N: usize>(hex: &str) -> [u8; N] {
        bytes(hex).try_into().expect("the right length")
    }

    #[test]
    fn keys_agree_as_in_nacl() {
        let (alice, bob) =
            (SecretKey::from_bytes(&array(ALICE_SECRET)), SecretKey::from_bytes(&array(BOB_SECRET)));
        assert_eq!(alice.public_key().as_bytes(), &array(ALICE_PUBLIC));
        assert_eq!(bob.public_key().as_bytes(), &array(BOB_PUBLIC));
        let expected = array::<32>(FIRST_KEY);
        assert_eq!(BoxKey::agree(&alice, &bob.public_key()).map(|key| *key.0), Ok(expected));
        assert_eq!(BoxKey::agree(&bob, &alice.public_key()).map(|key| *key.0), Ok(expected));
    }

    #[test]
    fn boxes_are_those_of_nacl() {
        let nonce: [u8; 24] = array(NONCE);
        let (prefix, rest) = nonce.split_first_chunk().expect("24 bytes");
        let rest = rest.try_into().expect("8 bytes");
        let key = BoxKey(Zeroizing::new(array(FIRST_KEY))).family(prefix);
        let mut room = [vec![0; TAG_LEN], bytes(CONTENT)].concat();
        key.seal(&rest, &mut room);
        assert_eq!(room, bytes(SEALED));
        assert_eq!(key.open(&rest, &mut room).map(|content| content.to_vec()), Some(bytes(CONTENT)));

        // The same nonce, cut where long nonces are cut.
        let (prefix, nonce) = nonce.split_first_chunk().expect("24 bytes");
        let sealed = [nonce, &bytes(SEALED)].concat();
        let opened = BoxKey(Zeroizing::new(array(FIRST_KEY))).open_long(prefix, &sealed);
        assert_eq!(opened.map(|content| content.to_vec()), Some(bytes(CONTENT)));
    }

    #[test]
    fn changed_box_is_not_opened_and_left_as_it_is() {
        let key = BoxKey(Zeroizing::new([7; KEY_LEN])).family(b"sixteen letters.");
        let mut sealed = vec![0; TAG_LEN + 40];
        key.seal(&[1; 8], &mut sealed);
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            let before = changed.clone();
            assert_eq!(key.open(&[1; 8], &mut changed), None, "byte {at}");
            assert_eq!(changed, before);
            assert_eq!(key.open(&[1; 8], &mut sealed.clone()[..at]), None, "cut at {at}");
        }
        assert_eq!(key.open(&[2; 8], &mut sealed), None);
    }

    #[test]
    fn keys_that_belong_to_nobody_are_refused() {
        let secret = SecretKey::from_bytes(&[9; KEY_LEN]);
        // Points of small order: with them the result is known whatever the secret.
        let (mut one, mut changed) = ([0; KEY_LEN], array::<KEY_LEN>(BOB_PUBLIC));
        one[0] = 1;
        changed[KEY_LEN - 1] ^= 0x80;
        for point in [[0; KEY_LEN], one, changed] {
            let agreed = BoxKey::agree(&secret, &PublicKey::from_bytes(point));
            assert_eq!(agreed.map(|key| *key.0), Err(CurveError::InvalidKey));
        }
    }
}
