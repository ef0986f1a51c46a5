//! What `lint --fix` does to schemas, judged by `diff`: nobody is hurt by a repair.

use std::fs;
use std::path::Path;

use lymph_diff::{Policy, diff};
use lymph_idl::{Memory, Options, load_with};
use lymph_lint::fix::fix;
use lymph_lint::{Level, Levels, RULES};

#[test]
fn repairs_change_nothing_for_peers() {
    let mut levels = Levels::default();
    RULES.iter().for_each(|rule| levels.set(rule.id, Level::Deny).unwrap());
    for rule in RULES.iter().filter(|rule| rule.fixable) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../lint/tests/rules").join(rule.id);
        let schemas = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let schemas = schemas.filter(|path| path.extension().is_some_and(|extension| extension == "lymph"));
        let files = schemas.fold(Memory::new(), |files, path| {
            files.file(path.file_name().unwrap(), fs::read(&path).unwrap())
        });
        let fixed = fix(["bad.lymph"], &Options::new(), &files, &levels);
        let [file] = &fixed.files[..] else { panic!("{} repairs nothing", rule.id) };

        let read = |files: &Memory| load_with(["bad.lymph"], &Options::new(), files).unwrap();
        let old = read(&files);
        let new = read(&files.file("bad.lymph", file.after.as_str()));
        for finding in diff(&old, &new, &Policy::default()).findings {
            for (_, _, cell) in finding.matrix.cells() {
                let hurts = cell.is_some_and(|cell| cell.effect.is_break());
                assert!(!hurts, "{}: {} {}: {}", rule.id, finding.id, finding.path, finding.message);
            }
        }
    }
}
