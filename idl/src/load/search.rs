//! Which file an import means.

use std::path::{Component, Path, PathBuf};

use super::{Loader, Options, Unit};
use crate::ast::Import;
use crate::error::SchemaError;
use crate::suggest::did_you_mean;

/// What an import leads to.
pub(super) enum Found {
    /// A file already read.
    Unit(usize),
    /// A file to read.
    File(PathBuf),
    /// Nothing, or too much.
    Wrong(SchemaError),
}

/// Looks for `import`: among the roots by what they declare, then as `a/b.lymph` and `a/b/vN.lymph`
/// under each include path, the importing file's folder, and as many folders above it as the importing
/// package's name has dots.
pub(super) fn find(
    units: &[Unit],
    importer: &Unit,
    import: &Import,
    options: &Options,
    loader: &dyn Loader,
) -> Found {
    let name = &import.package.value;
    let major = import.major.as_ref().map(|major| major.value);
    let span = import.package.span;
    let roots: Vec<usize> = (0..units.len())
        .filter(|&index| units[index].is_root && units[index].ast.package.value == *name)
        .filter(|&index| major.is_none_or(|major| units[index].ast.version.value.major == major))
        .collect();
    if let [only] = roots[..] {
        return Found::Unit(only);
    }
    if roots.len() > 1 && major.is_none() {
        let majors = roots.iter().map(|&index| units[index].ast.version.value.major).collect();
        return Found::Wrong(ambiguous(import, majors, None));
    }

    let folders = folders(importer, options);
    let relative: PathBuf = name.split('.').collect();
    for folder in &folders {
        let versions = folder.join(&relative);
        let file = versions.with_extension("lymph");
        if let Some(major) = major {
            let versioned = versions.join(format!("v{major}.lymph"));
            if let Some(path) = [versioned, file].into_iter().find(|path| loader.is_file(path)) {
                return Found::File(path);
            }
            continue;
        }
        let mut majors = majors(&versions, loader);
        match (loader.is_file(&file), &majors[..]) {
            (false, []) => {}
            (true, []) => return Found::File(file),
            (false, [only]) => return Found::File(versions.join(format!("v{only}.lymph"))),
            (flat, _) => {
                majors.sort_unstable();
                return Found::Wrong(ambiguous(import, majors, flat.then_some(&file)));
            }
        }
    }
    Found::Wrong(SchemaError::ImportNotFound {
        name: name.clone(),
        span,
        help: Some(not_found_help(name, &folders, units, loader)),
    })
}

fn folders(importer: &Unit, options: &Options) -> Vec<PathBuf> {
    let mut folders = options.include_paths.clone();
    let levels = importer.ast.package.value.matches('.').count();
    // Files in a folder of majors stand one level deeper than their name says.
    let levels = levels + usize::from(major_of(&importer.path).is_some());
    let mut folder = importer.path.parent().map(Path::to_owned);
    for _ in 0..=levels {
        let Some(current) = folder else { break };
        folder = above(&current);
        if !folders.contains(&current) {
            folders.push(current);
        }
    }
    folders
}

/// The folder above; `..` where the path does not name it.
fn above(folder: &Path) -> Option<PathBuf> {
    match folder.components().next_back() {
        None | Some(Component::ParentDir) => Some(folder.join("..")),
        Some(Component::CurDir) => Some(PathBuf::from("..")),
        Some(Component::Normal(_)) => folder.parent().map(Path::to_owned),
        Some(Component::RootDir | Component::Prefix(_)) => None,
    }
}

/// The majors that have a file in a package's folder.
fn majors(folder: &Path, loader: &dyn Loader) -> Vec<u32> {
    let names = loader.file_names(folder);
    names.iter().filter_map(|name| major_of(Path::new(name))).collect()
}

/// The `2` of `v2.lymph`.
pub(crate) fn major_of(path: &Path) -> Option<u32> {
    if path.extension()? != "lymph" {
        return None;
    }
    let digits = path.file_stem()?.to_str()?.strip_prefix('v')?;
    digits.parse().ok().filter(|major: &u32| major.to_string() == digits)
}

fn ambiguous(import: &Import, majors: Vec<u32>, flat: Option<&PathBuf>) -> SchemaError {
    let name = &import.package.value;
    let latest = majors.iter().max().copied().unwrap_or(1);
    let mut listed: Vec<String> = majors.iter().map(u32::to_string).collect();
    listed.extend(flat.map(|path| format!("the one in `{}`", path.display())));
    let rest = if import.names.is_some() { ".{…};" } else { ";" };
    SchemaError::AmbiguousImport {
        name: name.clone(),
        majors: listed.join(", "),
        example: format!("{name}@{latest}{rest}"),
        span: import.package.span,
    }
}

fn not_found_help(name: &str, folders: &[PathBuf], units: &[Unit], loader: &dyn Loader) -> String {
    let mut candidates: Vec<String> = units.iter().map(|unit| unit.ast.package.value.clone()).collect();
    let (parents, _) = name.rsplit_once('.').unwrap_or(("", name));
    for folder in folders {
        let inside = folder.join(parents.split('.').collect::<PathBuf>());
        for file in loader.file_names(&inside) {
            if let Some(stem) = file.strip_suffix(".lymph") {
                candidates.push([parents, stem].join(".").trim_start_matches('.').to_owned());
            }
        }
    }
    candidates.sort_unstable();
    if let Some(help) = did_you_mean(name, candidates.iter().map(String::as_str)) {
        return help;
    }
    let relative = name.replace('.', "/");
    let shown: Vec<String> = folders
        .iter()
        .take(4)
        .map(|folder| match folder.display().to_string() {
            empty if empty.is_empty() => "`.`".to_owned(),
            folder => format!("`{folder}`"),
        })
        .collect();
    format!("looked for `{relative}.lymph` and `{relative}/v1.lymph`, `v2.lymph`, … in {}", shown.join(", "))
}
