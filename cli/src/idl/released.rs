//! Releases that are out, read from `lymph.lock`.

use std::path::Path;

use lymph_config::{Lock, Release};
use lymph_idl::model::Package;
use lymph_idl::{Memory, Options, RenderOptions, Schema, load_with};
use md5::{Digest, Md5};

use crate::output::Trouble;

/// The lock beside a schema or above it; an empty one where there is none.
///
/// # Errors
///
/// [`Trouble`] when it cannot be read, or somebody edited a release in it.
pub(super) fn lock(schema: &Path) -> Result<Lock, Trouble> {
    let Some(path) = Lock::file_of(schema) else { return Ok(Lock::default()) };
    checked(Lock::read(&path)?, &path)
}

/// The lock with this text.
///
/// # Errors
///
/// [`Trouble`] when it says something wrong, or somebody edited a release in it.
pub(super) fn parse(path: &Path, text: &str) -> Result<Lock, Trouble> {
    checked(Lock::parse(path, text)?, path)
}

fn checked(lock: Lock, path: &Path) -> Result<Lock, Trouble> {
    for release in &lock.releases {
        if fingerprint(&release.schema) != release.fingerprint {
            let Release { package, version, .. } = release;
            return Err(Trouble::new(format!("{}: {package} {version} was edited", path.display()))
                .help("restore the file from version control; only `lymph-idl release` writes it"));
        }
    }
    Ok(lock)
}

/// The releases of the packages asked for that have their major, as schemas. What they import is taken as it
/// is now: it has releases of its own.
///
/// # Errors
///
/// [`Trouble`] when one of them can no longer be read.
pub(super) fn schemas(schema: &Schema, lock: &Lock, options: &Options) -> Result<Vec<Schema>, Trouble> {
    let mut released = Vec::new();
    for package in schema.packages.iter().filter(|package| package.is_root) {
        for release in lock.of(&package.name.value) {
            if release.version.major == package.version.value.major {
                released.push(self::schema(schema, package, release, options)?);
            }
        }
    }
    Ok(released)
}

fn schema(
    schema: &Schema,
    package: &Package,
    release: &Release,
    options: &Options,
) -> Result<Schema, Trouble> {
    let file = |package: &Package| schema.sources.file(package.file);
    let files = schema.packages.iter().fold(Memory::new(), |files, package| {
        let file = file(package);
        files.file(&file.path, file.text.as_bytes())
    });
    let path = &file(package).path;
    let files = files.file(path, release.schema.as_bytes());
    load_with([path], options, &files).map_err(|failure| {
        let Release { package, version, .. } = release;
        let text = failure.render(RenderOptions::default());
        Trouble::new(format!("release {version} of {package} can no longer be read:\n{}", text.trim_end()))
            .help("it needs something that its imports no longer have; restore that")
    })
}

/// 12 hexadecimal digits over a text.
pub(super) fn fingerprint(text: &str) -> String {
    Md5::digest(text.as_bytes()).iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}
