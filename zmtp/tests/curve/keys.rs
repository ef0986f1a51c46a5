//! Keys and their text.

use lymph_zmtp::curve::{PublicKey, SecretKey};

use crate::generate;

// The key pair that the manual of libzmq gives for tests, zmq_curve(7).
const PUBLIC: &str = "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID";
const SECRET: &str = "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs";

#[track_caller]
fn check_public(text: &str, expected: &str) {
    let error = text.parse::<PublicKey>().expect_err("it is no key");
    assert_eq!(error.to_string(), expected);
}

#[test]
fn pair_of_the_manual_belongs_together() {
    let secret: SecretKey = SECRET.parse().expect("it is a key");
    assert_eq!(secret.public_key().to_string(), PUBLIC);
    assert_eq!(*secret.to_text(), SECRET);
    assert_eq!(PUBLIC.parse(), Ok(secret.public_key()));
}

#[test]
fn generated_keys_differ_and_survive_their_text() {
    let (one, other) = (generate(), generate());
    assert_ne!(one, other);
    assert_ne!(one.public_key(), other.public_key());
    let again: SecretKey = one.to_text().parse().expect("it is a key");
    assert_eq!(again, one);
    assert_eq!(one.public_key().to_string().parse(), Ok(one.public_key()));
}

#[test]
fn mistakes_in_a_public_key_are_shown() {
    check_public("", "a key has 40 characters, this text has 0");
    check_public(&PUBLIC[1..], "a key has 40 characters, this text has 39");
    check_public(&format!("{PUBLIC}\n"), "a key has 40 characters, this text has 41");
    check_public(&PUBLIC.replace('@', "ü"), "character 4 is 'ü', which no key has");
    check_public(&PUBLIC.replace("Yne@$", "#####"), "characters 1 to 5 are no part of any key");
}

#[test]
fn mistakes_in_a_secret_key_are_not() {
    let error = SECRET.replace('Q', "\"").parse::<SecretKey>().expect_err("it is no key");
    assert_eq!(
        error.to_string(),
        "it has the length of a key, but is none: copy it again from where it was generated"
    );
    let error = SECRET[2..].parse::<SecretKey>().expect_err("it is no key");
    assert_eq!(error.to_string(), "a key has 40 characters, this text has 38");
}

#[test]
fn secret_keys_are_never_shown() {
    let secret: SecretKey = SECRET.parse().expect("it is a key");
    assert_eq!(format!("{secret:?} {:#?}", (&secret,)).matches("***").count(), 2);
    assert_eq!(format!("{:?}", secret.public_key()), format!("PublicKey({PUBLIC})"));
}
