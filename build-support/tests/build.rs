//! What a build script's user sees: in Cargo's output, and in how often things run.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, SystemTime};

use lymph_build::{Builder, Error};
use tempfile::TempDir;

const GOOD: &str = "package echo @ 1.0.0;\nuse shared.{Text};\n\
                    interface Echo { rpc upper(text: Text) -> string; }\n";
const SHARED: &str = "package shared @ 1.0.0;\ntype Text = string;\n";

/// A crate that compiles `echo.lymph`, which imports `shared.lymph`.
struct User {
    folder: TempDir,
}

impl User {
    fn new() -> Self {
        let user = Self { folder: TempDir::new().unwrap() };
        user.write("schemas/echo.lymph", GOOD);
        user.write("schemas/shared.lymph", SHARED);
        user
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        fs::write(self.path(name), text).unwrap();
    }

    fn builder(&self) -> Builder {
        Builder::new().schema(self.path("schemas/echo.lymph"))
    }

    /// Makes it a crate whose build script is `main`. In one target folder, Cargo tells crates that
    /// are no dependencies apart by their names alone.
    fn with_build_script(self, name: &str, main: &str) -> Self {
        let dependency = Path::new(env!("CARGO_MANIFEST_DIR")).display();
        self.write(
            "Cargo.toml",
            &format!(
                "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
                 [build-dependencies]\nlymph-build = {{ path = {:?} }}\n",
                dependency.to_string()
            ),
        );
        // The same versions as ours, none of them to be fetched.
        fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.lock"), self.path("Cargo.lock"))
            .unwrap();
        self.write("src/lib.rs", "");
        self.write("build.rs", main);
        self
    }

    /// One target folder for all users, so that `lymph-build` is built once.
    fn build(&self) -> Output {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("users");
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["check", "-vv", "--offline", "--color=never"]);
        cargo.current_dir(self.folder.path()).env("CARGO_TARGET_DIR", &target).env_remove("RUSTFLAGS");
        cargo.output().unwrap()
    }
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

const COMPILE: &str = "fn main() { lymph_build::compile([\"schemas/echo.lymph\"]); }";

#[test]
fn cargo_shows_the_whole_report_and_fails() {
    let user = User::new().with_build_script("user", COMPILE);
    user.write("schemas/echo.lymph", &GOOD.replace("-> string", "-> strng"));
    let output = user.build();
    let shown = stderr(&output);
    assert!(!output.status.success(), "{shown}");
    for part in ["unknown type `strng`", "[schemas/echo.lymph:3:", "─┬", "did you mean `string`?"] {
        let told = |line: &str| line.starts_with("error: user@0.1.0: ") && line.contains(part);
        assert!(shown.lines().any(told), "no `{part}`: {shown}");
    }
    assert!(!shown.contains("panicked"), "{shown}");
}

#[test]
fn a_returned_error_shows_the_whole_report_too() {
    let main = "fn main() -> Result<(), lymph_build::Error> { \
                lymph_build::Builder::new().schema(\"schemas/echo.lymph\").try_compile() }";
    let user = User::new().with_build_script("returning", main);
    user.write("schemas/echo.lymph", "package echo @ 1.0.0;\nstruct A { b: B }\n");
    let output = user.build();
    let shown = stderr(&output);
    assert!(!output.status.success(), "{shown}");
    for part in ["unknown type `B`", "schemas/echo.lymph:2:15", "╰──"] {
        assert!(shown.contains(part), "no `{part}`: {shown}");
    }
}

#[test]
fn it_runs_again_only_when_a_file_that_it_read_has_changed() {
    let user = User::new().with_build_script("rerun", COMPILE);
    let runs = |output: Output| {
        let shown = stderr(&output);
        assert!(output.status.success(), "{shown}");
        shown.contains("Running `") && shown.contains("build-script-build`")
    };
    assert!(runs(user.build()));
    assert!(!runs(user.build()), "nothing has changed");
    user.write("schemas/other.lymph", "package other @ 1.0.0;\n");
    user.write("schemas/.echo.lymph.swp", "an editor's");
    assert!(!runs(user.build()), "nothing that was read has changed");
    user.write("schemas/shared.lymph", &SHARED.replace("string", "string(..=9)"));
    in_the_future(&user.path("schemas/shared.lymph"));
    assert!(runs(user.build()), "an import has changed");
}

/// Cargo compares modification times, which some file systems keep in whole seconds.
fn in_the_future(path: &Path) {
    let later = SystemTime::now() + Duration::from_secs(5);
    fs::File::options().write(true).open(path).unwrap().set_modified(later).unwrap();
}

#[test]
fn output_that_stays_the_same_is_not_written() {
    let user = User::new();
    let (out, long_ago) = (user.path("out"), SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000));
    let compile = || user.builder().out_dir(&out).try_compile().unwrap();
    compile();
    let files =
        ["lymph.rs", "lymph/echo.rs", "lymph/echo/types.rs", "lymph/echo/echo.rs", "lymph/shared/types.rs"];
    for file in files {
        fs::File::options().write(true).open(out.join(file)).unwrap().set_modified(long_ago).unwrap();
    }
    user.write("schemas/shared.lymph", &SHARED.replace("type Text", "/// New.\ntype Text"));
    compile();
    let written = |file: &&str| fs::metadata(out.join(file)).unwrap().modified().unwrap() != long_ago;
    assert_eq!(files.iter().filter(|file| written(file)).collect::<Vec<_>>(), [&"lymph/shared/types.rs"]);
}

#[test]
fn checked_in_files_are_kept_fresh() {
    let user = User::new();
    let file = user.path("src/generated.rs");
    let builder = || user.builder().emit(&file);
    assert!(matches!(builder().check(), Err(Error::Io { .. })));
    builder().try_compile().unwrap();
    builder().check().unwrap();
    user.write("schemas/echo.lymph", &GOOD.replace("upper", "shout"));
    let error = builder().check().unwrap_err().to_string();
    assert!(error.contains("generated.rs is not what its schemas generate"), "{error}");
    assert!(error.contains("@@ line ") && error.contains("upper") && error.contains("shout"), "{error}");
}

#[test]
fn selectors_that_name_nothing_are_errors_with_a_suggestion() {
    let user = User::new();
    user.write("schemas/echo.lymph", "package echo @ 1.0.0;\nstruct Shape { sides: u8 }\n");
    let compile = |builder: Builder| builder.out_dir(user.path("out")).try_compile();
    let error = compile(user.builder().derive("echo.Shap", "Eq")).unwrap_err().to_string();
    assert_eq!(
        error,
        "the selector `echo.Shap` names nothing in these schemas; help: did you mean `echo.Shape`?"
    );
    let error = compile(user.builder().extern_package("ecco", "::echo")).unwrap_err().to_string();
    assert_eq!(error, "the extern package `ecco` names nothing in these schemas; help: did you mean `echo`?");
    compile(
        user.builder().derive("echo.*", "PartialOrd").attribute("echo.Shape.sides", "#[doc(alias = \"n\")]"),
    )
    .unwrap();
    let types = fs::read_to_string(user.path("out/lymph/echo/types.rs")).unwrap();
    assert!(types.contains("#[derive(PartialOrd)]\n#[derive(::std"), "{types}");
    assert!(types.contains("    #[doc(alias = \"n\")]\n    pub sides: u8,"), "{types}");
}

#[test]
fn types_of_other_crates_are_named_and_not_generated() {
    let user = User::new();
    user.write("schemas/shared.lymph", "package shared @ 1.0.0;\nstruct Text { text: string }\n");
    user.builder()
        .extern_package("shared", "::shared_crate::shared")
        .out_dir(user.path("out"))
        .try_compile()
        .unwrap();
    let echo = fs::read_to_string(user.path("out/lymph/echo/echo.rs")).unwrap();
    assert!(echo.contains("pub text: ::shared_crate::shared::Text,"), "{echo}");
    assert!(!user.path("out/lymph/shared").exists());
}
