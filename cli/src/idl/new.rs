//! `lymph-idl new`: a schema, and a crate that serves it.

mod name;

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use super::args::New;
use crate::output::{Ended, Outcome, Style, Terminal, Trouble};
use name::Name;

/// Each file's place and what it holds; words in braces are put in.
const FILES: &[(&str, &str)] = &[
    (".gitignore", include_str!("../../templates/new/gitignore.txt")),
    ("Cargo.toml", include_str!("../../templates/new/Cargo.toml.txt")),
    ("README.md", include_str!("../../templates/new/README.md.txt")),
    ("build.rs", include_str!("../../templates/new/build.rs.txt")),
    ("conf/local.yml", include_str!("../../templates/new/conf/local.yml.txt")),
    ("lymph.toml", include_str!("../../templates/new/lymph.toml.txt")),
    ("schemas/{package}.lymph", include_str!("../../templates/new/schemas/schema.lymph.txt")),
    ("src/main.rs", include_str!("../../templates/new/src/main.rs.txt")),
];

pub(super) fn run<W: Write>(args: &New, terminal: &mut Terminal<W>) -> Ended {
    let name = Name::parse(&args.name)?;
    let words = words(&name, args.lymph.as_deref())?;
    let folder = args.dir.clone().unwrap_or_else(|| name.krate.clone().into());
    let shown = folder.display();
    fs::create_dir(&folder).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => Trouble::new(format!("`{shown}` is already there"))
            .help("choose another name, or another folder with `--dir`"),
        io::ErrorKind::NotFound => {
            Trouble::new(format!("cannot make `{shown}`: the folder it would be in does not exist"))
        }
        _ => Trouble::new(format!("cannot make `{shown}`: {error}")),
    })?;
    if let Err(error) = fill(&folder, &words) {
        // Half a crate helps nobody, and the folder is ours.
        let _ = fs::remove_dir_all(&folder);
        return Err(Trouble::new(format!("cannot write into `{shown}`: {error}")));
    }
    for (path, _) in FILES {
        terminal.line(format_args!("wrote {}", folder.join(put(path, &words)).display()))?;
    }
    let Name { interface, .. } = name;
    terminal.line("\nnext:")?;
    for command in [
        format!("cd {shown}"),
        "cargo test".to_owned(),
        "lymph node                                     # in a terminal of its own".to_owned(),
        "cargo run -- instance --config conf/local.yml  # in another one".to_owned(),
        format!("lymph request -c conf/local.yml {interface}.greet '{{\"name\": \"Joe\"}}'"),
    ] {
        terminal.line(format_args!("  {}", terminal.styled(Style::Name, &command)))?;
    }
    Ok(Outcome::Fine)
}

/// What stands for each word in braces.
fn words(name: &Name, checkout: Option<&Path>) -> Result<Vec<(&'static str, String)>, Trouble> {
    let Name { krate, package, interface } = name;
    let (lymph, build) = match checkout {
        None => {
            let version =
                format!("\"{}.{}\"", env!("CARGO_PKG_VERSION_MAJOR"), env!("CARGO_PKG_VERSION_MINOR"));
            (version.clone(), version)
        }
        Some(checkout) => (member(checkout, "runtime")?, member(checkout, "build-support")?),
    };
    let mut imports = ["EmptyName", "GreetError", "GreetRequest"].map(str::to_owned).to_vec();
    imports.extend([interface.clone(), format!("{interface}Server")]);
    imports.sort_unstable();
    Ok(vec![
        ("{crate}", krate.clone()),
        ("{package}", package.clone()),
        ("{{imports}}", format!("{{{}}}", imports.join(", "))),
        ("{Interface}", interface.clone()),
        ("{lymph}", lymph),
        ("{lymph-build}", build),
    ])
}

/// A dependency on a crate of a checkout.
fn member(checkout: &Path, folder: &str) -> Result<String, Trouble> {
    let path = checkout.join(folder);
    let wrong = |why: String| {
        Trouble::new(format!("`{}` is no checkout of lymph: {why}", checkout.display()))
            .help("name the folder that holds `runtime` and `build-support`")
    };
    let path = fs::canonicalize(&path).map_err(|error| wrong(format!("`{folder}`: {error}")))?;
    let path = path.to_str().ok_or_else(|| wrong("its path is not UTF-8".to_owned()))?;
    Ok(format!("{{ path = {} }}", serde_json::Value::from(path)))
}

fn put(text: &str, words: &[(&str, String)]) -> String {
    words.iter().fold(text.to_owned(), |text, (word, meant)| text.replace(word, meant))
}

fn fill(folder: &Path, words: &[(&str, String)]) -> io::Result<()> {
    for (path, text) in FILES {
        let path = folder.join(put(path, words));
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(path, put(text, words))?;
    }
    Ok(())
}
