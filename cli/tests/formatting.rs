//! What `lymph-idl fmt` leaves of the files that it writes.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use lymph_cli::idl::{self, args::Args};
use lymph_cli::output::{Outcome, Terminal};

const UNTIDY: &str = "package a @ 1.0.0; struct S{a:u8}";
const TIDY: &str = "package a @ 1.0.0;\n\nstruct S {\n    a: u8,\n}\n";

fn fmt(path: &Path) -> (Outcome, String) {
    let args =
        <Args as clap::Parser>::try_parse_from(["lymph-idl".as_ref(), "fmt".as_ref(), path.as_os_str()]);
    let mut terminal = Terminal::plain(Vec::new());
    let outcome = idl::run(&args.unwrap(), &mut terminal).unwrap();
    (outcome, String::from_utf8(terminal.into_inner()).unwrap())
}

#[test]
fn permissions_and_links_stay() {
    let folder = tempfile::tempdir().unwrap();
    let (file, link) = (folder.path().join("a.schema"), folder.path().join("link.lymph"));
    fs::write(&file, UNTIDY).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    symlink("a.schema", &link).unwrap();

    assert_eq!(fmt(folder.path()).0, Outcome::Fine);
    assert_eq!(fs::read_to_string(&file).unwrap(), TIDY);
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
    assert_eq!(fs::read_link(&link).unwrap(), Path::new("a.schema"));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "something was left beside it");
}

#[test]
fn folders_in_a_circle_are_seen_once() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.lymph"), UNTIDY).unwrap();
    for name in ["b", "c"] {
        fs::create_dir(folder.path().join(name)).unwrap();
        symlink("..", folder.path().join(name).join("up")).unwrap();
    }
    let (_, told) = fmt(folder.path());
    assert!(told.ends_with("1 file: 1 formatted\n"), "{told}");
}

#[test]
fn a_file_that_is_right_is_not_touched() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.lymph");
    fs::write(&file, TIDY).unwrap();
    let before = fs::metadata(&file).unwrap().modified().unwrap();
    assert_eq!(fmt(&file), (Outcome::Fine, "1 file: 1 already right\n".to_owned()));
    assert_eq!(fs::metadata(&file).unwrap().modified().unwrap(), before);
}

#[test]
fn a_file_that_may_not_be_written_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.lymph");
    fs::write(&file, UNTIDY).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o444)).unwrap();
    let args =
        <Args as clap::Parser>::try_parse_from(["lymph-idl".as_ref(), "fmt".as_ref(), file.as_os_str()]);
    assert!(idl::run(&args.unwrap(), &mut Terminal::plain(Vec::new())).is_err());
    assert_eq!(fs::read_to_string(&file).unwrap(), UNTIDY);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "something was left beside it");
}
