//! `lymph-idl diff` in repositories: what it reads of revisions, and what it says when it cannot.
//!
//! What each test expects stands in `tests/git/NAME.txt`; `BLESS=1` writes it anew. The repositories are made
//! by the tests, so that the `git` program need not be there.

#[path = "git/repository.rs"]
mod repository;

use std::path::Path;
use std::process::Command;
use std::{env, fs};

use repository::Repository;

/// A package of one method, with more parameters as they come to be.
fn geo(version: &str, params: &str) -> String {
    format!("package maps.geo @ {version};\ninterface Geo {{\n    rpc locate({params}) -> string;\n}}\n")
}

const OLD: &str = "address: string, country: string?";
const BROKEN: &str = "address: string, country: string";
const MORE: &str = "address: string, country: string?, @since(1.1) limit: u16?";

/// Runs command lines in a folder and compares what they print.
#[track_caller]
fn check(name: &str, folder: &Path, lines: &[&str]) {
    let actual = run(folder, lines);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/git").join(format!("{name}.txt"));
    if env::var_os("BLESS").is_some() {
        fs::write(&path, &actual).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(actual, expected, "{}", path.display());
}

/// What command lines print.
fn run(folder: &Path, lines: &[&str]) -> String {
    let mut actual = String::new();
    for line in lines {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lymph-idl"));
        // Hooks of git that run these tests tell their own repository.
        for (variable, _) in env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("GIT_")) {
            command.env_remove(variable);
        }
        // No settings of this user or machine.
        command.env("GIT_CONFIG_NOSYSTEM", "1").env("HOME", folder).env_remove("XDG_CONFIG_HOME");
        command.env("COLUMNS", "100").args(line.split(' ').skip(1)).current_dir(folder);
        let output = command.output().unwrap();
        actual.push_str(&format!("$ {line}\n{}", String::from_utf8(output.stdout).unwrap()));
        for line in String::from_utf8(output.stderr).unwrap().lines() {
            actual.push_str(&format!("! {line}\n"));
        }
        if output.status.code() != Some(0) {
            actual.push_str(&format!("? {}\n", output.status.code().unwrap_or(-1)));
        }
        actual.push('\n');
    }
    format!("{}\n", actual.trim_end())
}

/// `main` went on after `change` left it, and the working tree after that.
fn branched() -> Repository {
    let repository = Repository::new();
    let (old, more) = (geo("1.0.0", OLD), geo("1.1.0", MORE));
    let first = repository.commit(&[("schemas/geo.lymph", &old)], &[]);
    let other = "package other @ 1.0.0;\nstruct Other {}\n";
    let main = repository.commit(&[("schemas/geo.lymph", &old), ("schemas/other.lymph", other)], &[first]);
    let change = repository.commit(&[("schemas/geo.lymph", &more)], &[first]);
    repository.point("refs/heads/main", main);
    repository.point("refs/tags/v1.0.0", first);
    repository.point("refs/heads/change", change);
    repository.switch("change");
    repository.check_out(&[("schemas/geo.lymph", &geo("1.1.0", BROKEN))]);
    repository
}

#[test]
fn the_merge_base_is_what_others_had() {
    let repository = branched();
    check(
        "merge_base",
        repository.root(),
        &["lymph-idl diff", "lymph-idl diff schemas", "lymph-idl diff main HEAD"],
    );
}

#[test]
fn a_remote_has_the_default_branch() {
    let repository = branched();
    let head = gix::open(repository.root()).unwrap().head_id().unwrap().detach();
    repository.point("refs/remotes/origin/trunk", head);
    fs::write(repository.git_dir().join("refs/remotes/origin/HEAD"), "ref: refs/remotes/origin/trunk\n")
        .unwrap();
    check("remote", repository.root(), &["lymph-idl diff --format oneline", "lymph-idl diff"]);
    fs::write(repository.root().join("lymph.toml"), "[diff]\nbase = \"v1.0.0\"\n").unwrap();
    check("base_of_settings", repository.root(), &["lymph-idl diff"]);
}

#[test]
fn revisions_are_named_in_many_ways() {
    let repository = branched();
    let lines = [
        "lymph-idl diff --format oneline v1.0.0",
        "lymph-idl diff --format oneline v1.0.0:schemas/geo.lymph",
        "lymph-idl diff --format oneline v1.0.0:schemas schemas",
        "lymph-idl diff --format oneline v1.0.0:schemas/geo.lymph schemas/geo.lymph",
        "lymph-idl diff --format oneline schemas/geo.lymph v1.0.0",
        "lymph-idl diff --format oneline HEAD~1 HEAD",
        "lymph-idl diff --format oneline v1.0.0: HEAD",
        "lymph-idl diff --format oneline HEAD:schemas/geo.lymph@1.0 HEAD:schemas/geo.lymph",
    ];
    check("revisions", repository.root(), &lines);
}

#[test]
fn what_is_not_there_is_said() {
    let repository = branched();
    let lines = [
        "lymph-idl diff chnage",
        "lymph-idl diff main..change",
        "lymph-idl diff main:schemas/goe.lymph",
        "lymph-idl diff main:schemas/nothing/like/it.lymph",
        "lymph-idl diff schemas/goe.lymph",
        "lymph-idl diff main:schemas nowhere",
    ];
    check("missing", repository.root(), &lines);
}

#[test]
fn a_file_is_meant_before_a_revision() {
    let repository = branched();
    fs::write(repository.root().join("main"), geo("1.0.0", OLD)).unwrap();
    let lines =
        ["lymph-idl diff --format oneline main schemas/geo.lymph", "lymph-idl diff refs/heads/main schemas"];
    check("ambiguous", repository.root(), &lines);
}

#[test]
fn folders_below_see_their_own() {
    let repository = branched();
    let lines = [
        "lymph-idl diff --format oneline",
        "lymph-idl diff --format oneline v1.0.0",
        "lymph-idl diff --format oneline v1.0.0:./geo.lymph geo.lymph",
        "lymph-idl diff --format oneline v1.0.0:schemas/geo.lymph geo.lymph",
        "lymph-idl diff --format github v1.0.0",
    ];
    check("subfolder", &repository.root().join("schemas"), &lines);
}

#[test]
fn packages_that_moved_did_not_come_to_be() {
    let repository = Repository::new();
    let old = geo("1.0.0", OLD);
    let first = repository.commit(&[("old/geo.lymph", &old)], &[]);
    repository.point("refs/heads/main", first);
    repository.check_out(&[("new/maps/geo.lymph", &geo("1.1.0", BROKEN))]);
    let lines = [
        "lymph-idl diff",
        "lymph-idl diff --format oneline main new",
        "lymph-idl diff --format oneline main new/maps/geo.lymph",
        "lymph-idl diff --format oneline main:old",
    ];
    check("moved", repository.root(), &lines);
}

#[test]
fn packages_come_and_go() {
    let repository = Repository::new();
    let first = repository.commit(&[("geo.lymph", &geo("1.0.0", OLD))], &[]);
    repository.point("refs/heads/main", first);
    repository.check_out(&[("other.lymph", "package other @ 1.0.0;\nstruct Other {}\n")]);
    check("new_package", repository.root(), &["lymph-idl diff main other.lymph"]);
}

#[test]
fn imports_are_those_of_their_time() {
    let repository = Repository::new();
    let common = |fields: &str| format!("package maps.common @ 1.0.0;\nstruct Place {{ {fields} }}\n");
    let geo = |version: &str| {
        format!(
            "package maps.geo @ {version};\nuse maps.common.{{Place}};\ninterface Geo {{\n    rpc locate(at: Place);\n}}\n"
        )
    };
    let settings = "include = [\"vendor\"]\n";
    let (old_geo, old_common) = (geo("1.0.0"), common("name: string?"));
    let first = repository.commit(
        &[
            ("lymph.toml", settings),
            ("schemas/geo.lymph", &old_geo),
            ("vendor/maps/common.lymph", &old_common),
        ],
        &[],
    );
    repository.point("refs/heads/main", first);
    repository.check_out(&[
        ("lymph.toml", "include = [\"elsewhere\"]\n"),
        ("schemas/geo.lymph", &geo("1.1.0")),
        ("elsewhere/maps/common.lymph", &common("name: string")),
    ]);
    check("imports", repository.root(), &["lymph-idl diff main schemas", "lymph-idl diff main"]);
}

#[test]
fn links_are_followed() {
    let repository = Repository::new();
    let old = geo("1.0.0", OLD);
    let first = repository.commit(
        &[
            ("real/geo.lymph", &old),
            ("schemas", "->real"),
            ("round", "->round"),
            ("geo.lymph", "->schemas/geo.lymph"),
        ],
        &[],
    );
    repository.point("refs/heads/main", first);
    repository.check_out(&[("real/geo.lymph", &geo("1.1.0", BROKEN))]);
    let lines = [
        "lymph-idl diff --format oneline main:schemas real",
        "lymph-idl diff --format oneline main:geo.lymph real/geo.lymph",
        "lymph-idl diff --format oneline main:round real",
    ];
    check("links", repository.root(), &lines);
}

#[test]
fn what_git_ignores_counts_where_it_is_named() {
    let repository = branched();
    for (path, text) in [
        ("build/old/geo.lymph", geo("1.0.0", OLD)),
        ("build/new/geo.lymph", geo("1.1.0", BROKEN)),
        ("schemas/copy.lymph", geo("1.0.0", OLD)),
        ("copies/copy.lymph", geo("1.0.0", OLD)),
    ] {
        let path = repository.root().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    fs::write(repository.root().join(".gitignore"), "build/\ncopy.lymph\n").unwrap();
    let lines = [
        "lymph-idl diff --format oneline",
        "lymph-idl diff --format oneline schemas",
        "lymph-idl diff --format oneline build/old build/new",
        "lymph-idl diff --format oneline build/old schemas",
        "lymph-idl diff --format oneline copies schemas",
        "lymph-idl diff --format oneline copies/copy.lymph schemas",
    ];
    check("ignored", repository.root(), &lines);
}

/// Settings that name schemas, beside one with mistakes that they do not name.
#[test]
fn settings_say_what_is_looked_at() {
    let repository = Repository::new();
    let wrong = ("tests/wrong.lymph", "package wrong @ 1.0.0;\nstruct S { a: strng }\n");
    let (old, other) = (geo("1.0.0", OLD), "package other @ 1.0.0;\ninterface Other { rpc call(); }\n");
    let first = [("maps/geo.lymph", &*old), ("more/other.lymph", other), wrong];
    let second = [&first[..], &[("lymph.toml", "schemas = [\"maps\", \"more\"]\n")]].concat();
    let first = repository.commit(&first, &[]);
    let second = repository.commit(&second, &[first]);
    repository.point("refs/heads/main", second);
    let new = geo("1.1.0", BROKEN);
    let settings = ("lymph.toml", "schemas = [\"maps\"]\n");
    repository.check_out(&[("maps/geo.lymph", &new), wrong, settings]);
    let lines = [
        // What its settings no longer name, as it is gone, is told to be gone.
        "lymph-idl diff --format oneline",
        // Without settings in the old revision those of the new one count.
        "lymph-idl diff --format oneline HEAD~1 HEAD",
        "lymph-idl diff --format oneline HEAD~1",
        "lymph-idl diff --format oneline --config lymph.toml HEAD~1 HEAD",
        "lymph-idl diff --format oneline tests",
    ];
    check("settings", repository.root(), &lines);
    check("settings_above", &repository.root().join("tests"), &["lymph-idl diff --format oneline"]);
    repository.check_out(&[("maps/geo.lymph", &new), ("lymph.toml", "schemas = [\"maps\", \"moer\"]\n")]);
    check("settings_wrong", repository.root(), &["lymph-idl diff"]);
    repository.check_out(&[("maps/geo.lymph", &new), ("below/lymph.toml", "schemas = [\"../..\"]\n")]);
    check("settings_outside", &repository.root().join("below"), &["lymph-idl diff"]);
}

/// The `lymph.toml` and every schema of this repository, the cases of tests among them.
fn own_files() -> Vec<(String, String)> {
    fn add(root: &Path, folder: &Path, found: &mut Vec<(String, String)>) {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            let inside = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
            let name = entry.file_name().into_string().unwrap();
            let is_made = ["target", "node_modules"].contains(&&*name) || name.starts_with('.');
            if path.is_dir() && !is_made {
                add(root, &path, found);
            } else if (inside.ends_with(".lymph") || inside == "lymph.toml") && path.is_file() {
                // Those that are no text are no schemas that anybody has.
                found.extend(fs::read_to_string(&path).ok().map(|text| (inside, text)));
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap();
    let mut found = Vec::new();
    add(&root, &root, &mut found);
    found
}

#[test]
fn this_repository_can_be_compared() {
    let own = own_files();
    let files: Vec<(&str, &str)> = own.iter().map(|(path, text)| (&**path, &**text)).collect();
    assert!(files.iter().any(|(path, _)| path.starts_with("idl/tests/parse/fail/")), "no case with mistakes");
    let repository = Repository::new();
    let first = repository.commit(&files, &[]);
    repository.point("refs/heads/main", first);
    repository.check_out(&files);
    let more = "//! New in this test.\npackage more @ 1.0.0;\n\n/// Holds nothing.\nstruct More {}\n";
    fs::write(repository.root().join("schemas/more.lymph"), more).unwrap();
    let lines = [
        "lymph-idl diff --format oneline",
        "lymph-idl check --format oneline",
        "lymph-idl lint --format oneline",
        "lymph-idl fmt --check",
    ];
    check("this_repository", repository.root(), &lines);
}

#[test]
fn mistakes_are_told_with_their_side() {
    let repository = branched();
    let wrong = repository
        .commit(&[("schemas/geo.lymph", "package maps.geo @ 1.0.0;\nstruct S { a: strng }\n")], &[]);
    repository.point("refs/heads/wrong", wrong);
    check("mistakes", repository.root(), &["lymph-idl diff wrong", "lymph-idl diff --json HEAD wrong"]);
}

#[test]
fn shallow_clones_say_what_to_fetch() {
    let repository = branched();
    let git = gix::open(repository.root()).unwrap();
    let (head, first) = (git.head_id().unwrap().detach(), git.rev_parse_single("v1.0.0").unwrap().detach());
    fs::remove_file(repository.git_dir().join("refs/tags/v1.0.0")).unwrap();
    repository.forget_before(head, &[first]);
    let lines = ["lymph-idl diff", "lymph-idl diff v1.0.0", "lymph-idl diff --format oneline HEAD"];
    check("shallow", repository.root(), &lines);
    fs::remove_file(repository.git_dir().join("refs/heads/main")).unwrap();
    check("shallow_alone", repository.root(), &["lymph-idl diff"]);
}

#[test]
fn histories_that_never_met_have_no_base() {
    let repository = branched();
    let orphan = repository.commit(&[], &[]);
    repository.point("refs/heads/main", orphan);
    check("unrelated", repository.root(), &["lymph-idl diff"]);
}

#[test]
fn a_repository_without_commits_has_nothing_to_compare_with() {
    let repository = Repository::new();
    repository.check_out(&[("geo.lymph", &geo("1.0.0", OLD))]);
    check("unborn", repository.root(), &["lymph-idl diff"]);
}

#[test]
fn linked_working_trees_have_their_own_head() {
    let repository = branched();
    let folder = tempfile::tempdir().unwrap();
    let head = gix::open(repository.root()).unwrap().head_id().unwrap().detach();
    repository.link(folder.path(), head, &[("schemas/geo.lymph", &geo("1.1.0", MORE))]);
    check("linked", folder.path(), &["lymph-idl diff", "lymph-idl diff HEAD"]);
}

#[test]
fn bare_repositories_have_revisions_only() {
    let repository = Repository::bare();
    let first = repository.commit(&[("schemas/geo.lymph", &geo("1.0.0", OLD))], &[]);
    let second = repository.commit(&[("schemas/geo.lymph", &geo("1.1.0", BROKEN))], &[first]);
    repository.point("refs/heads/main", second);
    let lines = [
        "lymph-idl diff main~1 main",
        "lymph-idl diff --format oneline main~1:schemas/geo.lymph main",
        "lymph-idl diff",
        "lymph-idl diff main",
        "lymph-idl diff main:schemas",
    ];
    check("bare", repository.root(), &lines);
}

/// The guide shows a parameter that became required.
#[test]
fn the_guide_shows_what_is_printed() {
    let files = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/commands/files/compare");
    let read = |path: &str| fs::read_to_string(files.join(path)).unwrap();
    let (common, old, new) =
        (read("old/maps/common.lymph"), read("old/maps/geo.lymph"), read("new/maps/geo.lymph"));
    let repository = Repository::new();
    let released = repository.commit(&[("maps/common.lymph", &common), ("maps/geo.lymph", &old)], &[]);
    repository.point("refs/heads/main", released);
    repository.check_out(&[("maps/common.lymph", &common), ("maps/geo.lymph", &new)]);
    let printed = run(repository.root(), &["lymph-idl diff main"]);
    let printed = printed.trim_end().trim_end_matches("? 1").trim_end();

    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/compatibility.md");
    let guide = fs::read_to_string(&path).unwrap();
    let (start, end) = ("<!-- example -->\n\n```text\n", "\n```\n\n<!-- end -->");
    let from = guide.find(start).expect("the guide has a place for it") + start.len();
    let to = from + guide[from..].find(end).expect("the place has an end");
    if env::var_os("BLESS").is_some() {
        fs::write(&path, format!("{}{printed}{}", &guide[..from], &guide[to..])).unwrap();
    } else {
        assert_eq!(&guide[from..to], printed, "BLESS=1 rewrites the guide");
    }
}
