//! `lymph-idl release`: gives what is new its version, and writes down what goes out.

use std::io::Write;
use std::path::{Path, PathBuf};

use lymph_config::{Accept, Acceptances, Config, Lock};
use lymph_idl::model::Package;
use lymph_idl::{Memory, Punctuation, Schema, Token, TokenKind, Version, load_with, tokens};

use super::args::{Format, Release};
use super::check::count;
use super::diff::Look;
use super::files::Input;
use super::{check, declared, diff, released, replace, tolerance};
use crate::output::{Ended, Outcome, Terminal, Trouble};

pub(super) fn run<W: Write>(args: &Release, terminal: &mut Terminal<W>) -> Ended {
    let version: Version = args
        .version
        .parse()
        .map_err(|error| Trouble::new(error).help("as in `lymph-idl release 1.5.0 schemas`"))?;
    let input = Input::of(&args.schemas)?;
    let schema = match input.load() {
        Ok(schema) => schema,
        Err(failure) => {
            check::report(&failure, Format::Human, terminal)?;
            return Err(Trouble::new("the schemas have mistakes; nothing was released"));
        }
    };
    let package = package(&schema, args.package.as_deref(), version)?;
    let file = schema.sources.file(package.file);
    let mut lock = released::lock(&file.path)?;
    refuse_old_versions(package, version, &lock)?;

    let marked = mark(&file.text, package, version)?;
    let text = &marked.text;
    let files = schema.packages.iter().fold(Memory::new(), |files, package| {
        let file = schema.sources.file(package.file);
        files.file(&file.path, file.text.as_bytes())
    });
    let files = files.file(&file.path, text.as_bytes());
    let new = match load_with([&file.path], &input.options, &files) {
        Ok(new) => new,
        Err(failure) => {
            check::report(&failure, Format::Human, terminal)?;
            return Err(Trouble::new(format!(
                "as version {version} the schema has mistakes; nothing was released"
            )));
        }
    };

    let accept_file = Acceptances::file_of(&file.path);
    let mut left = accept_file.as_ref().map(Acceptances::read).transpose()?.unwrap_or_default();
    let policy =
        tolerance::policy(&input.config, &lock, &left, &new, &input.options, None, declared::beside)?;
    let judged = diff::since_release(&new, policy)?;
    if judged.outcome() != diff::Decision::Acceptable {
        let look = Look { paint: terminal.paint(), width: terminal.width(), verbose: false };
        terminal.line(judged.for_people(&look)?)?;
        return judged.ended();
    }

    // Whoever compares across this release has to find out what was accepted, so the lock keeps it.
    let done: Vec<Accept> = left.entries.extract_if(.., |entry| tolerance::is_of(entry, package)).collect();
    let unused = done.iter().filter(|entry| !judged.uses(&entry.fingerprint)).count();
    let accepted: Vec<Accept> = done.iter().filter(|it| judged.uses(&it.fingerprint)).cloned().collect();
    let schema = new.canonical(new.packages[0].id);
    let fingerprint = released::fingerprint(&schema);
    let name = package.name.value.clone();
    let before = lock.of(&name).map(|release| release.version).filter(|it| it.major < version.major).max();
    let before = before.filter(|_| !judged.is_compared());
    lock.add(lymph_config::Release { package: name.clone(), version, fingerprint, schema, accepted });
    let lock_file = beside(&file.path, Lock::FILE_NAME, Lock::file_of(&file.path));
    if !args.dry_run {
        // The schema first: a lock without its release would refuse the next try.
        replace::file(&file.path, text.as_bytes())?;
        replace::file(&lock_file, lock.to_text().as_bytes())?;
        if let Some(file) = accept_file.as_ref().filter(|_| !done.is_empty()) {
            replace::file(file, left.to_text().as_bytes())?;
        }
    }
    let would = if args.dry_run { "would be " } else { "" };
    terminal.line(format_args!("{name} {version} {would}released"))?;
    terminal.line(format_args!("  {}: {}", file.path.display(), marked.told(version)))?;
    terminal.line(format_args!("  {}: holds the release", lock_file.display()))?;
    if let Some(before) = before {
        let major = version.major;
        terminal.line(format_args!("  compared with nothing: it is the first release of major {major}"))?;
        // Majors live side by side, each in a file of its own.
        if package.version.value.major < major {
            let file = format!("v{}.lymph", before.major);
            terminal.line(format_args!(
                "  callers of {before} are not answered by {version}: keep its schema beside it, as in `{file}`, while \
                 they are there"
            ))?;
        }
    }
    if let Some(file) = accept_file.filter(|_| !done.is_empty()) {
        let used = if unused > 0 { format!(", {unused} of them for nothing") } else { String::new() };
        let done = count(done.len(), "acceptance");
        terminal.line(format_args!("  {}: {done} done with{used}", file.display()))?;
    }
    Ok(Outcome::Fine)
}

/// The one package that is released; of majors side by side the version names it.
fn package<'a>(schema: &'a Schema, name: Option<&str>, version: Version) -> Result<&'a Package, Trouble> {
    let roots: Vec<&Package> = schema.packages.iter().filter(|package| package.is_root).collect();
    let shown = |package: &&Package| format!("`{}` {}", package.name.value, package.version.value);
    let list = || roots.iter().map(shown).collect::<Vec<_>>().join(", ");
    let mut named: Vec<&Package> = match name {
        None => roots.clone(),
        Some(name) => roots.iter().copied().filter(|package| package.name.value == name).collect(),
    };
    if named.windows(2).all(|pair| pair[0].name.value == pair[1].name.value) && named.len() > 1 {
        named.retain(|package| package.version.value.major == version.major);
        if named.is_empty() {
            return Err(Trouble::new(format!("none of {} becomes {version} by itself", list()))
                .help("name the file that does"));
        }
    }
    match named[..] {
        [package] => Ok(package),
        [] => Err(Trouble::new(format!("no package `{}` in these schemas", name.unwrap_or_default()))
            .help(format!("there are {}", list()))),
        _ => Err(Trouble::new(format!("several packages: {}", list()))
            .help("name one with `--package`, or its file")),
    }
}

fn refuse_old_versions(package: &Package, version: Version, lock: &Lock) -> Result<(), Trouble> {
    let name = &package.name.value;
    let out = lock.of(name).map(|release| release.version).filter(|it| it.major == version.major).max();
    if let Some(out) = out.filter(|out| *out >= version) {
        return Err(Trouble::new(format!("{name} {version} is not newer than {out}, which is out"))
            .help(format!("release {} or later", lymph_diff::raised(out, lymph_diff::Bump::Patch))));
    }
    if version < package.version.value {
        let present = package.version.value;
        return Err(Trouble::new(format!("{name} {version} is older than {present}, which the schema says"))
            .help(format!("release {present}, or set the version back first")));
    }
    Ok(())
}

/// A schema's text with a version for everything that waited for one.
struct Marked {
    text: String,
    /// How many are new with it.
    new: usize,
    /// How many are deprecated with it.
    deprecated: usize,
}

impl Marked {
    /// What the file says now.
    fn told(&self, version: Version) -> String {
        let since = format!("{}.{}", version.major, version.minor);
        let marks = [(self.new, "since"), (self.deprecated, "deprecated")];
        let marks = marks.iter().filter(|(many, _)| *many > 0);
        let marks: Vec<String> =
            marks.map(|(many, mark)| format!("{many} marked `@{mark}({since})`")).collect();
        match marks.is_empty() {
            true => format!("says {version}"),
            false => format!("says {version}, {}", marks.join(", ")),
        }
    }
}

fn mark(text: &str, package: &Package, version: Version) -> Result<Marked, Trouble> {
    let read: Vec<Token> = tokens(text).filter(|token| token.kind != TokenKind::Comment).collect();
    let mut edits: Vec<(Token, String)> = Vec::new();
    let (mut new, mut deprecated) = (0, 0);
    for window in read.windows(4) {
        let [at, name, open, next] = window else { continue };
        let is = |token: &Token, mark| token.kind == TokenKind::Punctuation(mark);
        let attribute = name.text(text);
        if is(at, Punctuation::At)
            && is(open, Punctuation::OpenParen)
            && matches!(attribute, "since" | "deprecated")
            && next.text(text) == "next"
        {
            let kind = if attribute == "since" { &mut new } else { &mut deprecated };
            *kind += 1;
            edits.push((*next, format!("{}.{}", version.major, version.minor)));
        }
    }
    if version.patch > 0 && !edits.is_empty() {
        return Err(Trouble::new(format!(
            "a patch release like {version} brings nothing new, but something is marked `next`"
        ))
        .help(format!("release {}.{}.0, or take what is new out", version.major, version.minor + 1)));
    }
    let number = package.version.span;
    let number = Token { kind: TokenKind::Number, start: number.start, end: number.end };
    edits.push((number, version.to_string()));
    edits.sort_by_key(|(token, _)| token.start);
    let mut marked = String::with_capacity(text.len());
    let mut done = 0;
    for (token, replacement) in edits {
        marked.push_str(&text[done..token.range().start]);
        marked.push_str(&replacement);
        done = token.range().end;
    }
    marked.push_str(&text[done..]);
    Ok(Marked { text: marked, new, deprecated })
}

/// Where a file of the tools is, or will be: beside `lymph.toml`, else beside the schema.
fn beside(schema: &Path, name: &str, found: Option<PathBuf>) -> PathBuf {
    let config = Config::file_of(schema);
    let home = config.as_deref().unwrap_or(schema).parent().unwrap_or(Path::new(""));
    found.unwrap_or_else(|| home.join(name))
}
