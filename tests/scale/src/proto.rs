//! The same shapes in protobuf, so that its tools can be measured on them.
//!
//! Messages, fields, enums, services and methods, as people write them: what protobuf 3 has no words for is
//! left out (bounds, defaults, timeouts, ages, `raises`, `emits`, handlers).

use std::fmt::{self, Write};

use lymph_idl::Schema;
use lymph_idl::model::{
    Event, Field, Interface, Method, Record, Scalar, Type, TypeDef, TypeDefKind, TypeKind, Union,
};

/// Types that protobuf has in files of their own.
const KNOWN: [&str; 2] = ["Duration", "Timestamp"];

/// How lines of [`schema`](crate::schema) start in which seeds change what protobuf has no words for.
const UNSPEAKABLE: [&str; 4] = ["@timeout", "name:", "type ", "weight:"];

/// The first package of a schema as a `.proto` file of protobuf 3.
///
/// Good for what [`schema`](crate::schema) makes: keys of sets and maps have to be some that protobuf knows.
#[must_use]
pub fn proto(schema: &Schema) -> String {
    let mut body = String::new();
    Writer { schema, out: &mut body }.declarations().expect("a String takes everything");
    let package = &schema.packages[0];
    let mut out = String::from("syntax = \"proto3\";\n\n");
    package.docs.iter().for_each(|line| out.extend(["//", " ", line, "\n"]));
    out.push_str(&format!("package {}.v{};\n\n", package.name.value, package.version.value.major));
    for name in KNOWN.iter().filter(|name| body.contains(&format!("google.protobuf.{name}"))) {
        out.push_str(&format!("import \"google/protobuf/{}.proto\";\n", name.to_lowercase()));
    }
    out + "\n" + &body
}

/// The lines of [`schema`](crate::schema) whose details [`proto`] tells too, each on a line as well.
#[must_use]
pub fn said_in_proto(schema: &str) -> String {
    let is_said = |line: &&str| !UNSPEAKABLE.iter().any(|start| line.trim_start().starts_with(start));
    schema.lines().filter(is_said).collect::<Vec<_>>().join("\n")
}

struct Writer<'a> {
    schema: &'a Schema,
    out: &'a mut String,
}

impl Writer<'_> {
    fn declarations(&mut self) -> fmt::Result {
        let package = &self.schema.packages[0];
        for id in &package.types {
            self.type_def(self.schema.type_def(*id))?;
        }
        for id in &package.events {
            self.event(self.schema.event(*id))?;
        }
        for interface in &package.interfaces {
            self.service(interface)?;
        }
        Ok(())
    }

    fn type_def(&mut self, def: &TypeDef) -> fmt::Result {
        let name = &def.meta.name.value;
        if !matches!(def.kind, TypeDefKind::Alias(_)) {
            self.docs(&def.meta.docs, "")?;
        }
        match &def.kind {
            TypeDefKind::Struct(record) => self.message(name, &record.fields),
            TypeDefKind::Error(error) => self.message(name, &error.record.fields),
            TypeDefKind::Union(union) => self.union(name, union),
            TypeDefKind::Enum(declared) => {
                writeln!(self.out, "enum {name} {{")?;
                writeln!(self.out, "  {} = 0;", loud(name, "unspecified"))?;
                for (variant, number) in declared.variants.iter().zip(1..) {
                    // Values of all enums of a package share one scope.
                    writeln!(self.out, "  {} = {number};", loud(name, &variant.name.value))?;
                }
                writeln!(self.out, "}}\n")
            }
            // There is no other name for a type: whoever uses it says what it is.
            TypeDefKind::Alias(_) => Ok(()),
        }
    }

    fn union(&mut self, name: &str, union: &Union) -> fmt::Result {
        writeln!(self.out, "message {name} {{")?;
        // A choice holds no lists, so they get a message around them.
        for (field, list) in union.variants.iter().filter_map(|field| Some((field, element(&field.ty)?))) {
            let (name, ty) = (camel(&field.meta.wire), self.ty(list));
            writeln!(self.out, "  message {name} {{\n    repeated {ty} elements = 1;\n  }}")?;
        }
        writeln!(self.out, "  oneof choice {{")?;
        for (field, number) in union.variants.iter().zip(1..) {
            let wire = &field.meta.wire;
            let ty = element(&field.ty).map_or_else(|| self.ty(&field.ty), |_| camel(wire));
            writeln!(self.out, "    {ty} {wire} = {number};")?;
        }
        writeln!(self.out, "  }}\n}}\n")
    }

    fn event(&mut self, event: &Event) -> fmt::Result {
        let Record { fields, .. } = &event.record;
        self.docs(&event.meta.docs, "")?;
        self.message(&camel(&event.meta.wire), fields)
    }

    fn service(&mut self, interface: &Interface) -> fmt::Result {
        self.docs(&interface.meta.docs, "")?;
        writeln!(self.out, "service {} {{", interface.meta.wire)?;
        for method in &interface.methods {
            let Method { meta, .. } = method;
            let name = camel(&meta.wire);
            self.docs(&meta.docs, "  ")?;
            writeln!(self.out, "  rpc {name}({name}Request) returns ({name}Response);")?;
        }
        writeln!(self.out, "}}\n")?;
        for method in &interface.methods {
            let name = camel(&method.meta.wire);
            self.message(&format!("{name}Request"), &method.params)?;
            writeln!(self.out, "message {name}Response {{")?;
            if let Some(result) = &method.result {
                self.value(result, "result", 1)?;
            }
            writeln!(self.out, "}}\n")?;
        }
        Ok(())
    }

    fn message(&mut self, name: &str, fields: &[Field]) -> fmt::Result {
        writeln!(self.out, "message {name} {{")?;
        for (field, number) in fields.iter().zip(1..) {
            self.docs(&field.meta.docs, "  ")?;
            self.value(&field.ty, &field.meta.wire, number)?;
        }
        writeln!(self.out, "}}\n")
    }

    fn value(&mut self, ty: &Type, name: &str, number: u32) -> fmt::Result {
        let (is_optional, ty) = match &ty.kind {
            TypeKind::Optional(inner) | TypeKind::Patch(inner) => (true, &**inner),
            _ => (false, ty),
        };
        let label = match &ty.kind {
            TypeKind::List(_) => "repeated ",
            TypeKind::Set(_) | TypeKind::Map(..) => "",
            _ if is_optional => "optional ",
            _ => "",
        };
        let ty = self.ty(ty);
        writeln!(self.out, "  {label}{ty} {name} = {number};")
    }

    /// Without the label: that of a list is its element's.
    fn ty(&self, ty: &Type) -> String {
        match &ty.kind {
            TypeKind::Scalar(scalar) => self::scalar(*scalar).to_owned(),
            TypeKind::List(inner) | TypeKind::Optional(inner) | TypeKind::Patch(inner) => self.ty(inner),
            TypeKind::Set(element) => format!("map<{}, bool>", self.ty(element)),
            TypeKind::Map(key, value) => format!("map<{}, {}>", self.ty(key), self.ty(value)),
            TypeKind::Named(id) => match self.schema.type_def(*id) {
                TypeDef { kind: TypeDefKind::Alias(target), .. } => self.ty(target),
                def => def.meta.name.value.clone(),
            },
        }
    }

    fn docs(&mut self, docs: &[String], indent: &str) -> fmt::Result {
        docs.iter().try_for_each(|line| writeln!(self.out, "{indent}// {line}"))
    }
}

fn element(ty: &Type) -> Option<&Type> {
    match &ty.kind {
        TypeKind::List(element) => Some(element),
        _ => None,
    }
}

fn scalar(scalar: Scalar) -> &'static str {
    match scalar {
        Scalar::Bool => "bool",
        Scalar::I8 | Scalar::I16 | Scalar::I32 => "int32",
        Scalar::I64 => "int64",
        Scalar::U8 | Scalar::U16 | Scalar::U32 => "uint32",
        Scalar::U64 => "uint64",
        Scalar::F32 => "float",
        Scalar::F64 => "double",
        Scalar::String | Scalar::Date | Scalar::Time | Scalar::Decimal => "string",
        Scalar::Bytes | Scalar::Uuid | Scalar::Any => "bytes",
        Scalar::DateTime => "google.protobuf.Timestamp",
        Scalar::Duration => "google.protobuf.Duration",
    }
}

/// A value of an enum.
fn loud(name: &str, variant: &str) -> String {
    format!("{name}_{variant}").to_uppercase()
}

/// `thing0.changed` as `Thing0Changed`.
fn camel(name: &str) -> String {
    let mut is_start = true;
    let mut camel = String::with_capacity(name.len());
    for letter in name.chars() {
        match letter {
            '.' | '_' => is_start = true,
            _ if std::mem::take(&mut is_start) => camel.extend(letter.to_uppercase()),
            _ => camel.push(letter),
        }
    }
    camel
}
