//! Which file counts, and what its paths are relative to.

use std::fs;
use std::path::Path;

use lymph_config::Config;

/// A folder with these files in it; a name that ends with `/` is a folder.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        if name.ends_with('/') {
            fs::create_dir_all(path).unwrap();
        } else {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
    }
    folder
}

/// The file that counts for `schema`, from the folder.
fn found(folder: &Path, schema: &str) -> Option<String> {
    let path = Config::file_of(folder.join(schema))?;
    Some(path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned())
}

#[test]
fn the_nearest_file_counts() {
    let folder =
        folder(&[(".git/", ""), ("lymph.toml", ""), ("a/lymph.toml", ""), ("a/b/c/", ""), ("d/", "")]);
    assert_eq!(found(folder.path(), "a/b/c/x.lymph").as_deref(), Some("a/lymph.toml"));
    assert_eq!(found(folder.path(), "a/x.lymph").as_deref(), Some("a/lymph.toml"));
    assert_eq!(found(folder.path(), "d/x.lymph").as_deref(), Some("lymph.toml"));
}

#[test]
fn nothing_above_the_repository_counts() {
    let folder = folder(&[("lymph.toml", ""), ("inner/.git", "gitdir: elsewhere"), ("inner/schemas/", "")]);
    assert_eq!(found(folder.path(), "inner/schemas/x.lymph"), None);
    assert_eq!(found(folder.path(), "inner/x.lymph"), None);
    assert_eq!(found(folder.path(), "x.lymph").as_deref(), Some("lymph.toml"));
}

#[test]
fn relative_paths_lead_above_the_current_folder() {
    // Tests run in the crate's folder; the repository above it has settings.
    assert_eq!(Config::file_of("x.lymph").as_deref(), Some(Path::new("../lymph.toml")));
    assert_eq!(Config::file_of("tests/x.lymph").as_deref(), Some(Path::new("../lymph.toml")));
    let schemas = Config::find("tests/x.lymph").unwrap().schemas;
    assert_eq!(schemas[0].value, Path::new("../schemas"));
}

#[test]
fn folders_are_relative_to_the_file() {
    let folder = folder(&[("lymph.toml", "include = ['common', 'more/']"), ("common/", ""), ("more/", "")]);
    let config = Config::find(folder.path().join("x.lymph")).unwrap();
    assert_eq!(config.include, [folder.path().join("common"), folder.path().join("more/")]);
    assert_eq!(config.path(), Some(folder.path().join("lymph.toml").as_path()));
}

#[test]
fn folders_that_do_not_exist_are_told() {
    let folder = folder(&[("lymph.toml", "include = ['comon']\n"), ("common/", "")]);
    let error = Config::find(folder.path().join("x.lymph")).unwrap_err();
    assert_eq!(error.message(), format!("no folder `{}`", folder.path().join("comon").display()));
    assert_eq!(error.place(), Some(11..18));
}

#[test]
fn schemas_are_files_and_folders_that_exist() {
    let toml = "schemas = ['maps', './geo.lymph']\n";
    let folder = folder(&[("lymph.toml", toml), ("maps/", ""), ("geo.lymph", "")]);
    let path = folder.path().join("lymph.toml");
    let paths: Vec<_> = Config::read(&path).unwrap().schemas.into_iter().map(|it| it.value).collect();
    assert_eq!(paths, [folder.path().join("maps"), folder.path().join("geo.lymph")]);
    fs::remove_file(folder.path().join("geo.lymph")).unwrap();
    let error = Config::read(&path).unwrap_err();
    let missing = folder.path().join("geo.lymph");
    assert_eq!(error.message(), format!("no file or folder `{}`", missing.display()));
    assert_eq!(error.place(), Some(19..32));
}

#[test]
fn a_file_that_cannot_be_read_is_told() {
    let folder = folder(&[]);
    let path = folder.path().join("lymph.toml");
    let error = Config::read(&path).unwrap_err();
    assert_eq!(error.to_string(), format!("cannot read `{}`: no such file", path.display()));
    fs::write(&path, b"\xff").unwrap();
    assert_eq!(
        Config::read(&path).unwrap_err().to_string(),
        format!("cannot read `{}`: it is not UTF-8", path.display())
    );
}
