//! The files that the tools write: what was written is read back, and what people do to it is told.

use lymph_config::{Accept, Acceptances, Config, Level, Lock, Release};
use lymph_idl::Version;

fn acceptances(entry: Accept) -> Acceptances {
    let mut acceptances = Acceptances::default();
    acceptances.entries.push(entry);
    acceptances
}

fn release(package: &str, version: Version) -> Release {
    let schema =
        format!("package {package} @ {version};\n\n/// It's \"quoted\".\nstruct S {{\n    a: u8,\n}}\n");
    Release {
        package: package.to_owned(),
        version,
        fingerprint: "0123456789ab".to_owned(),
        schema,
        accepted: Vec::new(),
    }
}

#[test]
fn a_lock_is_read_as_it_was_written() {
    let mut lock = Lock::default();
    lock.add(Release {
        accepted: vec![accept("nobody \"really\" calls it")],
        ..release("maps.geo", Version::new(1, 10, 0))
    });
    lock.add(release("maps.common", Version::new(1, 0, 0)));
    lock.add(release("maps.geo", Version::new(1, 9, 0)));
    let text = lock.to_text();
    assert_eq!(Lock::parse("lymph.lock", &text).unwrap(), lock);
    let versions: Vec<_> = lock.of("maps.geo").map(|release| release.version.to_string()).collect();
    assert_eq!(versions, ["1.9.0", "1.10.0"]);
    // People review it: schemas stand there as text, line by line.
    assert!(text.contains("\nstruct S {\n    a: u8,\n}\n"), "{text}");
}

#[test]
fn a_lock_with_a_version_twice_is_refused() {
    let mut lock = Lock::default();
    lock.add(release("maps.geo", Version::new(1, 0, 0)));
    let text = lock.to_text();
    let (head, entry) = text.split_once("[[release]]").unwrap();
    let error =
        Lock::parse("lymph.lock", &format!("{head}[[release]]{entry}[[release]]{entry}")).unwrap_err();
    assert_eq!(error.to_string(), "lymph.lock: maps.geo 1.0.0 stands here twice");
}

fn accept(reason: &str) -> Accept {
    Accept {
        fingerprint: "3f9c21b9d04e".to_owned(),
        id: "param-became-required".to_owned(),
        package: "maps.geo".to_owned(),
        path: "Geocoder.locate(country)".to_owned(),
        reason: reason.to_owned(),
        by: "maria".to_owned(),
        expires: Some("2.0.0".to_owned()),
    }
}

#[test]
fn acceptances_are_read_as_they_were_written() {
    let acceptances = acceptances(accept("only \"we\" call it"));
    let text = acceptances.to_text();
    assert_eq!(Acceptances::parse("lymph.accept.toml", &text).unwrap().entries, acceptances.entries);
    assert_eq!(
        Acceptances::parse("lymph.accept.toml", &Acceptances::default().to_text()).unwrap().entries,
        []
    );
}

#[test]
fn an_acceptance_without_a_reason_is_refused() {
    let text = acceptances(accept("  ")).to_text();
    let error = Acceptances::parse("lymph.accept.toml", &text).unwrap_err();
    assert_eq!(error.message(), "the acceptance of 3f9c21b9d04e has an empty `reason`");
    assert!(error.to_string().starts_with("lymph.accept.toml:4:"), "{error}");
    let missing = text.replace("reason = \"  \"\n", "");
    let error = Acceptances::parse("lymph.accept.toml", &missing).unwrap_err();
    assert!(error.message().contains("missing field `reason`"), "{error}");
}

#[test]
fn an_acceptance_that_expires_wrongly_is_refused() {
    let entry = Accept { expires: Some("soon".to_owned()), ..accept("nobody calls it") };
    let text = acceptances(entry).to_text();
    let error = Acceptances::parse("lymph.accept.toml", &text).unwrap_err();
    assert!(
        error.message().starts_with("the acceptance of 3f9c21b9d04e expires wrongly: `soon` is"),
        "{error}"
    );
    assert!(error.to_string().starts_with("lymph.accept.toml:4:"), "{error}");
}

#[test]
fn a_rule_of_diff_is_given_a_level_or_more() {
    let text = "[diff.rules]\none = \"deny\"\ntwo = { level = \"warn\", bump = \"major\" }\n";
    let config = Config::parse("lymph.toml", text).unwrap();
    let [one, two] = &config.diff.rules[..] else { panic!("{:?}", config.diff.rules) };
    assert_eq!((one.level, &one.bump), (Some(Level::Deny), &None));
    assert_eq!(two.level, Some(Level::Warn));
    assert_eq!(two.bump.as_ref().map(|bump| &*bump.value), Some("major"));
}

#[test]
fn a_package_that_nobody_declares_is_told_with_its_place() {
    let text = acceptances(accept("nobody calls it")).to_text();
    let read = Acceptances::parse("lymph.accept.toml", &text).unwrap();
    let entry = &read.entries[0];
    let error = read.package_error(entry, "no schema declares it");
    assert_eq!(&text[error.place().unwrap()], format!("{:?}", entry.package));
    assert_eq!(error.path(), read.path());
}
