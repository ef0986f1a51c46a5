//! Modules: how packages nest, and what an entry file holds.

use std::collections::BTreeMap;

use lymph_idl::model::{Package, PackageId};

use crate::cx::Cx;
use crate::docs;

/// Generated code is not held to its user's lints.
const LINTS: &str = "#[allow(clippy::all, clippy::pedantic, clippy::nursery, clippy::restriction, clippy::cargo, \
                     deprecated, missing_docs, nonstandard_style, rustdoc::all, unreachable_pub, unused, \
                     unused_qualifications)]\n";

/// One module, with what it holds.
#[derive(Debug, Default)]
struct Node {
    docs: String,
    /// The text of its own items.
    items: String,
    children: BTreeMap<String, Node>,
}

/// Nested modules of `packages`, each filled with what `items` gives.
pub(crate) fn tree<'a>(
    cx: &Cx<'_>,
    packages: impl IntoIterator<Item = &'a Package>,
    items: impl Fn(&Package) -> String,
) -> String {
    let mut root = Node::default();
    for package in packages {
        let mut node = &mut root;
        for part in cx.names.module(package.id) {
            node = node.children.entry(part.clone()).or_default();
        }
        node.docs = docs_of(package);
        node.items = items(package);
    }
    let mut out = String::new();
    for (name, node) in &root.children {
        write(&mut out, name, node, 0);
    }
    out
}

fn docs_of(package: &Package) -> String {
    let mut lines = docs::harmless(&package.docs);
    if !lines.is_empty() {
        lines.push(String::new());
    }
    lines.push(format!("Package `{}`, version {}.", package.name.value, package.version.value));
    docs::comment(&lines, "")
}

/// No generated text holds a literal of several lines, so that lines can be indented blindly.
fn write(out: &mut String, name: &str, node: &Node, depth: usize) {
    let mut text = node.docs.clone();
    if depth == 0 {
        text.push_str("#[rustfmt::skip]\n");
        text.push_str(LINTS);
    }
    text.push_str(&format!("pub mod {name} {{\n"));
    out.push_str(&indent(&text, depth));
    out.push_str(&indent(&node.items, depth + 1));
    for (name, child) in &node.children {
        write(out, name, child, depth + 1);
    }
    out.push_str(&indent("}\n", depth));
}

fn indent(text: &str, depth: usize) -> String {
    let indent = "    ".repeat(depth);
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for line in text.lines() {
        if !line.is_empty() {
            out.push_str(&indent);
            out.push_str(line);
        }
        out.push('\n');
    }
    out
}

/// The folder of a package's files: `maps.geo`, or `echo.v1` where majors stand side by side.
pub(crate) fn folder(package: &Package) -> String {
    let name = &package.name.value;
    if package.versioned_module { format!("{name}.v{}", package.version.value.major) } else { name.clone() }
}

/// `roots` and everything they import, in the schema's order, without what other crates hold.
pub(crate) fn closure<'a>(cx: &'a Cx<'_>, roots: impl IntoIterator<Item = PackageId>) -> Vec<&'a Package> {
    let mut reached = std::collections::BTreeSet::new();
    let mut open: Vec<_> = roots.into_iter().collect();
    while let Some(id) = open.pop() {
        if cx.extern_package(id).is_none() && reached.insert(id) {
            open.extend(&cx.package(id).imports);
        }
    }
    cx.schema.packages.iter().filter(|package| reached.contains(&package.id)).collect()
}
