//! The VS Code extension: its code runs, its files are there, its snippets are schemas.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use lymph_editors::{Node, folder, program};
use serde_json::Value;

fn file(name: &str) -> PathBuf {
    folder().join("vscode").join(name)
}

fn json(name: &str) -> Value {
    let text = fs::read_to_string(file(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn succeed(command: &mut Command) {
    let output = command.output().expect("`cargo xtask setup` installs Node.js");
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    assert!(output.status.success(), "{command:?}: {}\n{}", output.status, said.concat());
}

#[test]
fn the_extension_starts_a_server_and_says_when_there_is_none() {
    let node = Node::get().unwrap();
    succeed(node.command().arg("--check").arg(file("extension.js")));
    let server = program("lymph-idl").unwrap();
    succeed(node.command().env("LYMPH_IDL", server).arg("--test").arg(file("test/extension.test.js")));
}

#[test]
fn files_of_the_manifest_are_there() {
    let manifest = json("package.json");
    let contributes = &manifest["contributes"];
    assert!(file(manifest["main"].as_str().unwrap()).exists());
    let language = &contributes["languages"][0];
    assert_eq!(language["extensions"][0], ".lymph");
    json(language["configuration"].as_str().unwrap());
    for grammar in contributes["grammars"].as_array().unwrap() {
        assert_eq!(grammar["scopeName"], json(grammar["path"].as_str().unwrap())["scopeName"]);
    }
    for part in ["grammars", "snippets", "semanticTokenScopes"] {
        for part in contributes[part].as_array().unwrap() {
            // A grammar that is injected into another one has no language of its own.
            assert!(part["language"] == language["id"] || part["injectTo"].is_array(), "{part}");
        }
    }
    let properties = contributes["configuration"]["properties"].as_object().unwrap();
    for restricted in
        manifest["capabilities"]["untrustedWorkspaces"]["restrictedConfigurations"].as_array().unwrap()
    {
        assert!(properties.contains_key(restricted.as_str().unwrap()), "{restricted}");
    }
}

#[test]
fn packages_have_the_versions_of_the_workspace() {
    let version = env!("CARGO_PKG_VERSION");
    let tree_sitter =
        ["package.json", "tree-sitter.json"].map(|name| json(&format!("../tree-sitter-lymph/{name}")));
    assert_eq!(json("package.json")["version"], version);
    assert_eq!(json("package-lock.json")["version"], version);
    assert_eq!(tree_sitter[0]["version"], version);
    assert_eq!(tree_sitter[1]["metadata"]["version"], version);
    let repository = env!("CARGO_PKG_REPOSITORY");
    assert_eq!(json("package.json")["repository"]["url"], format!("{repository}.git"));
    assert_eq!(tree_sitter[0]["repository"]["url"], format!("{repository}.git"));
    assert_eq!(tree_sitter[1]["metadata"]["links"]["repository"], repository);
    let extension = fs::read_to_string(file("extension.js")).unwrap();
    assert!(extension.contains(&format!("cargo install --git {repository} lymph-cli")));
}

/// What is installed is what the lock file says, from whichever registry a machine uses.
#[test]
fn the_lock_file_names_no_registry() {
    let lock = json("package-lock.json");
    for (name, package) in lock["packages"].as_object().unwrap() {
        assert_eq!(package.get("resolved"), None, "{name}");
        assert!(name.is_empty() || package["integrity"].is_string(), "{name}");
    }
    let manifest = json("package.json");
    for kind in ["dependencies", "devDependencies"] {
        assert_eq!(lock["packages"][""][kind], manifest[kind]);
    }
}

#[test]
fn queries_of_the_tree_sitter_package_are_there() {
    let package = folder().join("tree-sitter-lymph");
    let config = json("../tree-sitter-lymph/tree-sitter.json");
    for kind in ["highlights", "locals", "tags"] {
        assert!(package.join(config["grammars"][0][kind].as_str().unwrap()).exists(), "{kind}");
    }
}

#[test]
fn snippets_are_schemas() {
    let snippets = json("snippets/lymph.json");
    for (name, snippet) in snippets.as_object().unwrap() {
        let body = match &snippet["body"] {
            Value::String(line) => line.clone(),
            lines => lines
                .as_array()
                .unwrap()
                .iter()
                .map(|line| line.as_str().unwrap())
                .collect::<Vec<_>>()
                .join("\n"),
        };
        let text = filled_in(&body);
        let in_places = [
            text.clone(),
            format!("package a @ 1.0.0;\n{text}"),
            format!("package a @ 1.0.0;\ninterface I {{ {text} }}"),
            format!("package a @ 1.0.0;\n{text} struct S {{}}"),
        ];
        let fits = in_places.iter().any(|text| lymph_idl::format("snippet.lymph", text).is_ok());
        assert!(fits, "{name} is no part of a schema:\n{text}");
    }
}

/// A snippet after Tab was pressed at each of its places.
fn filled_in(body: &str) -> String {
    let mut text = body.replace("${TM_FILENAME_BASE}", "file").replace("$0", "");
    while let Some(start) = text.rfind("${") {
        let end = start + text[start..].find('}').expect("a place ends");
        let default = text[start..end].split_once(':').map_or("", |(_, default)| default).to_owned();
        text.replace_range(start..=end, &default);
    }
    text
}
