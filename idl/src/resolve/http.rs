//! `@http`: what the path takes from the parameters, and that no two methods have the same place.

use std::collections::HashMap;

use super::{Decl, Owner, Resolver};
use crate::error::SchemaError;
use crate::model::{Field, HttpMapping, Package, Scalar, Type, TypeKind};
use crate::source::{Span, Spanned};
use crate::suggest::did_you_mean;

impl Resolver<'_> {
    /// A status without a body is for methods without a result.
    pub(super) fn check_http_status(&mut self, http: &Spanned<HttpMapping>, result: Option<&Type>) {
        if let (Some(status @ (204 | 205)), Some(result)) = (http.value.status, result) {
            let help = "drop the `status`, or the result".to_owned();
            let message = format!("an answer of status {status} has no body, but the method has a result");
            self.bad_http(message, http.span, Some(result.span), Some(help));
        }
    }

    /// Each `{name}` of the path is one parameter, given once, that can be written into a path. `written`
    /// is where the path stands.
    pub(super) fn check_http(
        &mut self,
        http: &Spanned<HttpMapping>,
        written: Option<Span>,
        params: &[Field],
        owner: &Owner,
    ) {
        let mut seen: Vec<&str> = Vec::new();
        let path = &http.value.path;
        let mut next = 1;
        for segment in path.split('/').skip(1) {
            let at = next;
            next += segment.len() + 1;
            let name = match (segment.strip_prefix('{').and_then(|s| s.strip_suffix('}')), segment) {
                (Some(name), _) if !name.contains(['{', '}']) => name,
                (None, segment) if !segment.contains(['{', '}']) => continue,
                _ => {
                    let help = "a parameter takes a whole segment, as in `/places/{address}`";
                    self.bad_http(
                        format!("`{segment}` is not a segment of a path"),
                        http.span,
                        None,
                        Some(help.to_owned()),
                    );
                    continue;
                }
            };
            let Some(param) = params.iter().find(|param| param.meta.name.value == name) else {
                let names = params.iter().map(|param| param.meta.name.value.as_str());
                let help = did_you_mean(name, names);
                self.bad_http(format!("the path names no parameter `{name}`"), http.span, None, help);
                continue;
            };
            let span = param.meta.name.span;
            if let Some(written) = written {
                self.note_http(written, path, at + 1, name.len(), span);
            }
            if seen.contains(&name) {
                let help = "each parameter stands once in a path".to_owned();
                self.bad_http(format!("`{name}` is twice in the path"), http.span, Some(span), Some(help));
                continue;
            }
            seen.push(name);
            if !self.poisoned.contains(&param.ty.span) && !self.fits_path(&param.ty) {
                let help =
                    "path parameters are texts, numbers, `bool`, dates, `uuid` or enums, and never optional";
                let message = format!("parameter `{name}` cannot stand in a path");
                self.bad_http(message, http.span, Some(span), Some(help.to_owned()));
                continue;
            }
            if let Some(since) = &param.meta.since {
                let used = Decl { unit: owner.unit, item: 0, since: since.value };
                let path = Spanned { value: name.to_owned(), span: http.span };
                self.check_age(owner, format_args!("the path"), used, &path);
            }
        }
    }

    /// No two methods in one place of the gateway. Majors of one package take each other's place, so they may
    /// share.
    pub(super) fn check_http_apart(&mut self, packages: &[Package]) {
        let mut seen: HashMap<(&str, String), Vec<Mapped<'_>>> = HashMap::new();
        for package in packages {
            for interface in &package.interfaces {
                for method in &interface.methods {
                    let Some(http) = &method.http else { continue };
                    let name = format!("{}.{}", interface.meta.name.value, method.meta.name.value);
                    let span = method.meta.name.span;
                    let others = seen.entry((&http.verb, place(&http.path))).or_default();
                    let clash = others.iter().find(|other| {
                        other.package.id == package.id || other.package.name.value != package.name.value
                    });
                    if let Some(first) = clash {
                        self.errors.push(SchemaError::HttpCollision {
                            verb: http.verb.clone(),
                            path: http.path.clone(),
                            second_name: name,
                            first_name: first.name.clone(),
                            second: span,
                            first: first.span,
                        });
                    } else {
                        others.push(Mapped { package, name, span });
                    }
                }
            }
        }
    }

    fn bad_http(&mut self, message: String, span: Span, because: Option<Span>, help: Option<String>) {
        self.errors.push(SchemaError::BadHttp { message, span, because, help });
    }

    fn fits_path(&self, ty: &Type) -> bool {
        let mut ty = ty;
        while let TypeKind::Named(id) = &ty.kind {
            match self.alias_types.get(id) {
                Some(target) => ty = target,
                None => return matches!(self.shapes[id.0 as usize], super::Shape::Enum(_)),
            }
        }
        matches!(&ty.kind, TypeKind::Scalar(scalar) if !matches!(scalar, Scalar::Any | Scalar::Bytes))
    }
}

/// A method with a place in the gateway.
struct Mapped<'p> {
    package: &'p Package,
    name: String,
    span: Span,
}

/// A path without the names of its parameters: what a request cannot tell apart.
fn place(path: &str) -> String {
    let segments = path.split('/').map(|segment| if segment.starts_with('{') { "{}" } else { segment });
    segments.collect::<Vec<_>>().join("/")
}
