//! Compiles the tree-sitter grammar, which is C.

fn main() {
    let folder = "tree-sitter-lymph/src";
    println!("cargo::rerun-if-changed={folder}");
    cc::Build::new()
        .std("c11")
        .include(folder)
        .file(format!("{folder}/parser.c"))
        .compile("tree-sitter-lymph");
}
