//! Configurations that are read and configurations that are refused; `BLESS=1` writes what is
//! expected anew.
//!
//! A case is `NAME.yml`; `NAME.node.yml` and `NAME.vars.yml` beside it are its node's file and its
//! file of variables.

use std::fs;
use std::path::{Path, PathBuf};

use lymph::config::{Config, ConfigError, Sources};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/config");

/// The secret key that the manual of libzmq gives for tests.
const SECRET_KEY: &str = "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs";

fn cases(folder: &str) -> Vec<PathBuf> {
    let files = fs::read_dir(Path::new(FOLDER).join(folder)).unwrap();
    let mut cases: Vec<PathBuf> = files
        .map(|file| file.unwrap().path())
        .filter(|path| {
            let name = path.file_name().unwrap().to_str().unwrap();
            name.ends_with(".yml") && name.matches('.').count() == 1
        })
        .collect();
    cases.sort();
    assert!(!cases.is_empty());
    cases
}

fn load(case: &Path) -> Result<Config, ConfigError> {
    let beside = |extension| Some(case.with_extension(extension)).filter(|path| path.exists());
    let sources = Sources {
        node: beside("node.yml").into_iter().collect(),
        service: Some(case.to_owned()),
        vars: beside("vars.yml"),
    };
    let env = |name: &str| match name {
        "PORT" => Some("4080".to_owned()),
        "PASSWORD" => Some("hunter2".to_owned()),
        "SECRET_KEY" => Some(SECRET_KEY.to_owned()),
        _ => None,
    };
    Config::load_with(&sources, &env)
}

fn check(case: &Path, actual: &str) {
    let expected = case.with_extension("expected");
    let actual = actual.replace(&format!("{FOLDER}/"), "");
    for secret in ["hunter2", SECRET_KEY, &SECRET_KEY[..8]] {
        assert!(!actual.contains(secret), "a secret is shown: {actual}");
    }
    if std::env::var_os("BLESS").is_some() {
        fs::write(&expected, &actual).unwrap();
    }
    let expected = fs::read_to_string(&expected).unwrap_or_default();
    assert_eq!(actual, expected, "{}", case.display());
}

#[test]
fn configurations_are_read() {
    for case in cases("ok") {
        let config = load(&case).unwrap_or_else(|error| panic!("{error}"));
        check(&case, &format!("{config:#?}\n"));
    }
}

#[test]
fn mistakes_are_told_with_their_place() {
    for case in cases("fail") {
        let error = load(&case).expect_err(case.to_str().unwrap());
        check(&case, &format!("{error}\n"));
    }
}

#[test]
fn missing_files_are_told_by_name() {
    let sources = Sources { service: Some("nowhere.yml".into()), ..Sources::default() };
    let error = Config::load(&sources).unwrap_err().to_string();
    assert!(error.starts_with("cannot read `nowhere.yml`: "), "{error}");
}

#[test]
fn secrets_reach_those_who_ask() {
    let text = "container: {events: {class: amqp, userid: me, password: 'p@ss/word', hostname: rabbit, virtual_host: /}}";
    let config: Config = text.parse().unwrap();
    let Some(lymph::config::EventsConfig::Amqp(amqp)) = &config.container.events else {
        panic!("{config:?}")
    };
    assert_eq!(amqp.url.expose(), "amqp://me:p%40ss%2Fword@rabbit:5672/%2F");
}

#[test]
fn sections_are_read_by_whoever_they_are_for() {
    let text = "
interfaces:
  shop:
    class: shop:Shop
    limits: {per_hour: 10, names: [a, b], ratio: 0.5, on: yes}
    mailer: dep:mailer
dependencies:
  mailer: {host: localhost}
";
    let config: Config = text.parse().unwrap();
    let shop = &config.interfaces["shop"].settings;
    assert_eq!(shop.get::<u8>("limits.per_hour").unwrap(), Some(10));
    assert_eq!(shop.get::<Vec<String>>("limits.names").unwrap().unwrap(), ["a", "b"]);
    assert_eq!(shop.get::<f64>("limits.ratio").unwrap(), Some(0.5));
    assert_eq!(shop.get::<bool>("limits.on").unwrap(), Some(true));
    assert_eq!(shop.get::<String>("mailer.host").unwrap().as_deref(), Some("localhost"));
    assert_eq!(shop.section("mailer").unwrap().unwrap().keys().collect::<Vec<_>>(), ["host"]);
    assert_eq!(shop.get::<u8>("limits.per_day").unwrap(), None);
    let error = shop.require::<u8>("limits.names").unwrap_err().to_string();
    assert_eq!(error, "config:5:35: expected an integer from 0 to 255\n  5 |     … […\n    |       ^");

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Limits {
        #[serde(rename = "per_hour")]
        _per_hour: u32,
        #[serde(rename = "names")]
        _names: Vec<String>,
    }
    let error = shop.get::<Limits>("limits").unwrap_err().to_string();
    assert!(error.starts_with("config:5:43: unknown key `ratio`\n"), "{error}");
}

#[test]
fn aliases_cannot_blow_up() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..9 {
        let alias = format!("*a{}, ", level - 1).repeat(10);
        text.push_str(&format!("a{level}: &a{level} [{alias}]\n"));
    }
    let error = text.parse::<Config>().unwrap_err().to_string();
    assert!(error.contains("more than 100000 values"), "{error}");
    let deep = "[".repeat(100_000).parse::<Config>().unwrap_err().to_string();
    assert!(deep.contains("deep") || deep.contains("no YAML"), "{deep}");
}

proptest::proptest! {
    #[test]
    fn no_text_does_harm(text in "([a-z$(){}\\[\\]&*:,#|>!'\"%<-]| |\n|\t|é|null|~|dep:|\\$\\(env\\.HOME\\)|container:|registry: |class: |ip: ){0,60}") {
        if let Err(error) = text.parse::<Config>() {
            let _ = error.to_string();
        }
    }
}
