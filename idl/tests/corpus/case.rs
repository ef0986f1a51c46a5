//! Cases of the corpus, found by folder.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use lymph_idl::{Failure, Limits, Memory, Options, Schema, load_with};

pub(crate) struct Case {
    pub(crate) name: String,
    /// All its files by their paths inside the case.
    pub(crate) files: BTreeMap<PathBuf, Vec<u8>>,
    pub(crate) roots: Vec<PathBuf>,
    pub(crate) options: Options,
    pub(crate) slice: Option<String>,
    pub(crate) expected: PathBuf,
}

impl Case {
    pub(crate) fn load(&self) -> Result<Schema, Failure> {
        let mut files = Memory::new();
        for (path, bytes) in &self.files {
            files = files.file(path, bytes.clone());
        }
        let schema = load_with(&self.roots, &self.options, &files)?;
        match &self.slice {
            Some(version) => schema.slice(schema.packages[0].id, version.parse().unwrap()),
            None => Ok(schema),
        }
    }
}

/// All cases of `parse/ok` or `parse/fail`, by name.
pub(crate) fn cases(kind: &str) -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parse").join(kind);
    let mut cases = Vec::new();
    for path in sorted(&folder) {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            cases.push(case(name, files_below(&path), "main.lymph", path.join("expected")));
        } else if path.extension().is_some_and(|extension| extension == "lymph") {
            let file = path.file_name().unwrap().to_str().unwrap();
            let files = BTreeMap::from([(PathBuf::from(file), fs::read(&path).unwrap())]);
            cases.push(case(name, files, file, path.with_extension("expected")));
        }
    }
    assert!(!cases.is_empty(), "no cases in {}", folder.display());
    cases
}

/// One case for each example schema.
pub(crate) fn schemas() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas");
    let files = files_below(&folder);
    let roots: Vec<String> = files.keys().map(|path| path.to_str().unwrap().to_owned()).collect();
    roots.iter().map(|root| case(root.clone(), files.clone(), root, PathBuf::new())).collect()
}

fn case(name: String, files: BTreeMap<PathBuf, Vec<u8>>, root: &str, expected: PathBuf) -> Case {
    let mut case = Case {
        name,
        roots: vec![PathBuf::from(root)],
        options: Options::default(),
        slice: None,
        expected,
        files,
    };
    let text = case.files.get(Path::new(root)).map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    let text = text.unwrap_or_default();
    for line in text.lines().filter_map(|line| line.strip_prefix("//# ")) {
        let (key, value) = line.split_once(": ").unwrap();
        match key {
            "roots" => case.roots = value.split(", ").map(PathBuf::from).collect(),
            "include" => case.options.include_paths.push(PathBuf::from(value)),
            "slice" => case.slice = Some(value.to_owned()),
            "limit" => limit(&mut case.options.limits, value),
            _ => panic!("unknown line `{line}` in {}", case.name),
        }
    }
    case
}

fn limit(limits: &mut Limits, setting: &str) {
    let (name, value) = setting.split_once('=').unwrap();
    let limit = match name {
        "file_bytes" => &mut limits.file_bytes,
        "file_tokens" => &mut limits.file_tokens,
        "files" => &mut limits.files,
        "import_depth" => &mut limits.import_depth,
        "name_bytes" => &mut limits.name_bytes,
        "text_bytes" => &mut limits.text_bytes,
        "list_items" => &mut limits.list_items,
        "errors" => &mut limits.errors,
        _ => panic!("unknown limit `{name}`"),
    };
    *limit = value.parse().unwrap();
}

fn files_below(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(current) = open.pop() {
        for path in sorted(&current) {
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "lymph") {
                files.insert(path.strip_prefix(folder).unwrap().to_owned(), fs::read(&path).unwrap());
            }
        }
    }
    files
}

fn sorted(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}
