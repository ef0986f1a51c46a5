//! A name that is imported and not used.

use std::collections::BTreeSet;

use lymph_config::Level;
use lymph_idl::analysis::{Occurrence, Role, SymbolKind};
use lymph_idl::model::Package;

use crate::context::Context;
use crate::edits::remove_piece;
use crate::finding::{Edit, Findings, Fix};
use crate::rule::{Rule, examples};
use crate::words::listed;
use crate::written::{Use, UsedName, uses};

pub(super) const RULE: Rule = Rule {
    id: "import-unused",
    level: Level::Warn,
    summary: "an import, or a name in its braces, is not used",
    explanation: "Every import is a package that must be there wherever the schema is compiled, and that its readers \
                  will look into. An import without a used name is still used when the file emits or handles an \
                  event of that package.",
    examples: examples!("import-unused"),
    fixable: true,
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    for package in context.packages() {
        let lines = uses(context.schema, package.file);
        let seen = Seen::new(context, package, &lines);
        for (index, line) in lines.iter().enumerate() {
            let others = lines[..index].iter().chain(&lines[index + 1..]);
            let is_only = !others.into_iter().any(|other| other.package.value == line.package.value);
            check_line(context, line, is_only, &seen, findings);
        }
    }
}

/// `is_only`: no other line imports the package.
fn check_line(context: &Context<'_>, line: &Use, is_only: bool, seen: &Seen<'_>, findings: &mut Findings) {
    let names = line.names.as_deref().unwrap_or_default();
    let (used, unused): (Vec<UsedName>, Vec<UsedName>) =
        names.iter().cloned().partition(|name| seen.names.contains(name.known_as().value.as_str()));
    let package = &line.package;
    if used.is_empty() {
        // An event may be named without being imported by name: the package alone must be.
        let is_needed =
            if names.is_empty() || is_only { seen.packages.contains(package.value.as_str()) } else { false };
        if !is_needed {
            let fix =
                Fix { title: "remove the import".to_owned(), edits: vec![remove_piece(context, line.span)] };
            findings
                .at(line.span, format!("nothing of package `{}` is used", line.target()))
                .help("remove the line")
                .fix(fix);
            return;
        }
        if names.is_empty() {
            return;
        }
    }
    for name in &unused {
        let text = if used.is_empty() { format!("use {};", line.target()) } else { line.with_names(&used) };
        let shown: Vec<String> = unused.iter().map(|name| format!("`{}`", name.known_as().value)).collect();
        let fix = Fix {
            title: format!("remove {} from the import", listed(&shown)),
            edits: vec![Edit::replace(line.span, text)],
        };
        findings
            .at(name.span, format!("`{}` is imported and not used", name.known_as().value))
            .help("remove it from the braces")
            .fix((!line.has_comment).then_some(fix));
    }
}

/// What a file names outside of its `use` lines.
struct Seen<'a> {
    /// As written, without a package in front.
    names: BTreeSet<&'a str>,
    /// Those with something that is named in full, or with an event that is not imported by name.
    packages: BTreeSet<&'a str>,
}

impl<'a> Seen<'a> {
    fn new(context: &Context<'a>, package: &Package, lines: &[Use]) -> Self {
        let mut seen = Self { names: BTreeSet::new(), packages: BTreeSet::new() };
        let imported: BTreeSet<&str> = lines
            .iter()
            .flat_map(|line| line.names.iter().flatten())
            .map(|name| name.known_as().value.as_str())
            .collect();
        let text = context.text(package.file);
        for found in context.analysis.occurrences_in(package.file) {
            let is_import = lines.iter().any(|line| line.holds(found.span));
            if found.role != Role::Reference || is_import || !can_be_imported(found.symbol.kind) {
                continue;
            }
            let name = context.schema.sources.text(found.span);
            let is_qualified = text[..found.span.start as usize].ends_with('.');
            if !is_qualified {
                seen.names.insert(name);
            }
            if is_qualified || !imported.contains(name) {
                seen.packages.extend(package_of(context, found));
            }
        }
        seen
    }
}

fn can_be_imported(kind: SymbolKind) -> bool {
    matches!(
        kind,
        SymbolKind::Package
            | SymbolKind::Event
            | SymbolKind::Error
            | SymbolKind::Struct
            | SymbolKind::Enum
            | SymbolKind::Union
            | SymbolKind::Alias
    )
}

/// The package that declares what is named.
fn package_of<'a>(context: &Context<'a>, found: &Occurrence) -> Option<&'a str> {
    let mut packages = context.schema.packages.iter();
    let declaring = packages.find(|package| package.file == found.symbol.name.file)?;
    Some(declaring.name.value.as_str())
}
