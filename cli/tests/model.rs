//! The model as JSON: it is what its JSON Schema and `docs/model.md` say, and can be read back.
//!
//! `BLESS=1` rewrites `docs/schemas/model.schema.json` and the reference in `docs/model.md`.

use std::path::{Path, PathBuf};
use std::{env, fs};

use lymph_cli::idl::model_json::{json_schema, read, write};
use lymph_idl::{Options, Schema};
use serde_json::{Map, Value};

const NO_FOLDERS: &[&str] = &[];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every schema of the corpora that is right, alone.
fn corpus() -> Vec<Schema> {
    let mut schemas = Vec::new();
    let mut folders =
        ["idl/tests/parse/ok", "codegen/tests/golden", "schemas"].map(|path| root().join(path)).to_vec();
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "lymph") {
                schemas.extend(lymph_idl::load([path], &Options::new()));
            }
        }
    }
    assert!(schemas.len() > 30, "{} schemas", schemas.len());
    schemas
}

#[test]
fn what_was_written_is_read() {
    for schema in corpus() {
        let text = write(&schema, NO_FOLDERS);
        let again = read(&text).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(write(&again, NO_FOLDERS), text);
    }
}

#[test]
fn what_is_written_is_of_its_schema() {
    let schema: Value = serde_json::from_str(&json_schema()).unwrap();
    for model in corpus() {
        let model: Value = serde_json::from_str(&write(&model, NO_FOLDERS)).unwrap();
        if let Err(why) = (Validator { root: &schema }).check(&schema, &model) {
            panic!("{why}");
        }
    }
}

#[test]
fn imports_are_found_again() {
    let folder = root().join("cli/tests/commands/files/repository");
    let include = [folder.join("vendor")];
    let options = Options::new().include_path(&include[0]);
    let schema = lymph_idl::load([folder.join("schemas/shop.lymph")], &options).unwrap();
    let again = read(&write(&schema, &include)).unwrap();
    assert_eq!(again.packages.len(), 2);
    assert!(again.packages[0].is_root && !again.packages[1].is_root);
}

/// Writes a small model, lets `change` spoil it, and expects that reading says `message`.
#[track_caller]
fn check(change: impl Fn(&mut Value), message: &str) {
    let schema = lymph_idl::parse_str("a.lymph", "package a @ 1.0.0; @wire(\"P\") error Point { x: f64 }");
    let mut model: Value = serde_json::from_str(&write(&schema.unwrap(), NO_FOLDERS)).unwrap();
    change(&mut model);
    assert_eq!(read(&model.to_string()).unwrap_err().to_string(), message);
}

#[test]
fn a_model_that_its_sources_do_not_say_is_refused() {
    let start = "the model is not what its sources say";
    check(
        |model| model["packages"][0]["types"][0]["wire"] = "Q".into(),
        &format!("{start}: `packages[0].types[0].wire` is `\"Q\"`, and they say `\"P\"`"),
    );
    check(
        |model| model["packages"][0]["types"][0]["fields"] = Value::Array(Vec::new()),
        &format!("{start}: `packages[0].types[0].fields` is a list of 0, and they say a list of 1"),
    );
    check(
        |model| drop(model["packages"][0].as_object_mut().unwrap().remove("docs")),
        &format!("{start}: `packages[0].docs` is missing, and they say a list of 0"),
    );
    check(
        |model| model["sources"][0]["text"] = "package a @ 1.1.0;".into(),
        &format!("{start}: `packages[0].version` is `\"1.0.0\"`, and they say `\"1.1.0\"`"),
    );
}

#[test]
fn what_is_no_model_is_refused() {
    check(|model| model["lymph_model"] = 2.into(), "`lymph_model` is 2, and this lymph-idl knows 1");
    check(|model| *model = Value::Array(Vec::new()), "not a lymph model: `lymph_model` is missing");
    check(
        |model| drop(model.as_object_mut().unwrap().remove("sources")),
        "not a lymph model: missing field `sources`",
    );
    assert!(read("{").unwrap_err().to_string().starts_with("not a lymph model: EOF"));
    let mut told = String::new();
    let schema = lymph_idl::parse_str("a.lymph", "package a @ 1.0.0;").unwrap();
    let spoilt = write(&schema, NO_FOLDERS).replace("package a @ 1.0.0;", "package a @ 1.0;");
    if let Err(error) = read(&spoilt) {
        told = error.to_string();
    }
    assert!(told.starts_with("the sources in the model have mistakes:\nlymph::bad_version"), "{told}");
}

#[test]
fn fields_of_later_versions_are_passed_over() {
    let schema = lymph_idl::parse_str("a.lymph", "package a @ 1.0.0;").unwrap();
    let mut model: Value = serde_json::from_str(&write(&schema, NO_FOLDERS)).unwrap();
    model["packages"][0]["invented"] = true.into();
    assert!(read(&model.to_string()).is_ok());
}

#[test]
fn the_schema_is_kept() {
    fresh(&root().join("docs/schemas/model.schema.json"), json_schema());
}

#[test]
fn the_reference_is_kept() {
    let path = root().join("docs/model.md");
    let text = fs::read_to_string(&path).unwrap();
    let (prose, _) = text.split_once("## Reference\n").expect("a heading for what is generated");
    fresh(&path, format!("{prose}## Reference\n{}", reference()));
}

fn fresh(path: &Path, expected: String) {
    if env::var_os("BLESS").is_some() {
        fs::write(path, expected).unwrap();
    } else {
        assert_eq!(fs::read_to_string(path).unwrap(), expected, "{}; BLESS=1 writes it", path.display());
    }
}

/// A table of the fields of each object in the JSON Schema.
fn reference() -> String {
    let schema: Value = serde_json::from_str(&json_schema()).unwrap();
    let mut text = object("Document", &schema);
    for (name, definition) in schema["$defs"].as_object().unwrap() {
        text.push_str(&object(name, definition));
    }
    text
}

fn described(schema: &Value) -> String {
    schema["description"].as_str().unwrap_or_default().replace('\n', " ").replace('|', "\\|")
}

fn object(name: &str, schema: &Value) -> String {
    let mut text = format!("\n### {name}\n\n{}\n", described(schema));
    let alternatives = schema["oneOf"].as_array().map_or(&[][..], Vec::as_slice);
    if alternatives.iter().any(|one| one.get("const").is_some()) {
        text.push_str("\n| value | meaning |\n|---|---|\n");
        for one in alternatives {
            text.push_str(&format!("| `{}` | {} |\n", one["const"], described(one)));
        }
        return text;
    }
    let none = Map::new();
    let properties = schema["properties"].as_object().unwrap_or(&none);
    text.push_str("\n| field | type | meaning |\n|---|---|---|\n");
    properties.iter().for_each(|(name, field)| text.push_str(&row(name, field)));
    for one in alternatives {
        let kind = &one["properties"]["kind"]["const"];
        text.push_str(&format!("| `kind` | `{kind}` | {} |\n", described(one)));
        let fields = one["properties"].as_object().unwrap().iter().filter(|(name, _)| *name != "kind");
        fields.for_each(|(name, field)| text.push_str(&row(name, field)));
    }
    text
}

fn row(name: &str, field: &Value) -> String {
    format!("| `{name}` | {} | {} |\n", kind(field), described(field))
}

fn kind(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.rsplit('/').next().unwrap();
        return format!("[{name}](#{})", name.to_lowercase());
    }
    if let Some(either) = schema["anyOf"].as_array() {
        return either.iter().map(kind).collect::<Vec<_>>().join(" or ");
    }
    match &schema["type"] {
        Value::String(name) if name == "array" => format!("list of {}", kind(&schema["items"])),
        Value::String(name) => name.clone(),
        Value::Array(names) => {
            names.iter().map(|name| name.as_str().unwrap()).collect::<Vec<_>>().join(" or ")
        }
        _ => "any".to_owned(),
    }
}

/// As much of JSON Schema as ours uses; a keyword that it does not know fails.
struct Validator<'a> {
    root: &'a Value,
}

impl Validator<'_> {
    fn check(&self, schema: &Value, value: &Value) -> Result<(), String> {
        let Value::Object(keywords) = schema else {
            return if *schema == Value::Bool(true) { Ok(()) } else { Err(format!("{schema}: {value}")) };
        };
        keywords.iter().try_for_each(|(keyword, rule)| self.keyword(keyword, rule, value))
    }

    fn keyword(&self, keyword: &str, rule: &Value, value: &Value) -> Result<(), String> {
        let all = |rules: &Value| {
            rules.as_array().unwrap().iter().map(|one| self.check(one, value)).collect::<Vec<_>>()
        };
        let holds = match keyword {
            "$schema" | "title" | "description" | "$defs" | "format" => true,
            "$ref" => return self.check(self.root.pointer(&rule.as_str().unwrap()[1..]).unwrap(), value),
            "type" => match rule {
                Value::Array(types) => types.iter().any(|name| is_a(name, value)),
                name => is_a(name, value),
            },
            "const" => rule == value,
            "minimum" => value.as_i64().is_none_or(|number| number >= rule.as_i64().unwrap()),
            "maximum" => value.as_i64().is_none_or(|number| number <= rule.as_i64().unwrap()),
            "required" => {
                rule.as_array().unwrap().iter().all(|name| value.get(name.as_str().unwrap()).is_some())
            }
            "properties" => {
                return rule.as_object().unwrap().iter().try_for_each(|(name, rule)| {
                    value.get(name).map_or(Ok(()), |value| self.check(rule, value))
                });
            }
            "items" => return value.as_array().unwrap().iter().try_for_each(|value| self.check(rule, value)),
            "anyOf" => all(rule).iter().any(Result::is_ok),
            "oneOf" => all(rule).iter().filter(|result| result.is_ok()).count() == 1,
            "allOf" => all(rule).iter().all(Result::is_ok),
            other => panic!("what does `{other}` mean?"),
        };
        if holds { Ok(()) } else { Err(format!("`{keyword}: {rule}` does not hold for {value}")) }
    }
}

fn is_a(name: &Value, value: &Value) -> bool {
    match name.as_str().unwrap() {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("what is `{other}`?"),
    }
}
