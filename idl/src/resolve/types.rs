//! Uses of types.

use std::fmt::Arguments;

use super::aliases::Shape;
use super::names::Target;
use super::{Owner, Resolver};
use crate::ast::{self, ItemKind};
use crate::error::SchemaError;
use crate::model::{Constraints, Scalar, Type, TypeId, TypeKind};
use crate::scalar::{GENERICS, PATCH, builtin_names, foreign_name};
use crate::source::{Span, Spanned};
use crate::suggest::did_you_mean;

impl<'a> Resolver<'a> {
    /// Resolves what all aliases stand for.
    pub(super) fn resolve_alias_types(&mut self) {
        for index in 0..self.type_decls.len() {
            if self.errors.is_full() {
                return;
            }
            let decl = self.type_decls[index];
            let item = self.item(decl);
            let ItemKind::Alias(target) = &item.kind else { continue };
            let mut owner = self.package_owner(decl.unit);
            owner.since = decl.since;
            let ty = self.resolve_type(&owner, target, format_args!("type `{}`", item.head.name.value));
            self.alias_types.insert(TypeId(index as u32), ty);
        }
    }

    /// Resolves one use of a type by `user`, which messages name. After an error the type is a placeholder
    /// whose span is poisoned.
    pub(super) fn resolve_type(&mut self, owner: &Owner, ty: &ast::TypeRef, user: Arguments<'_>) -> Type {
        let refused = is_patch(ty);
        if refused {
            self.errors.push(SchemaError::BadPatch {
                message: "a `patch` is the whole type of a field or parameter, and nothing else",
                label: "can never be left out here",
                span: ty.span,
                help: "where a value may be missing, write `T?`",
            });
        }
        self.resolve_written(owner, ty, user, refused)
    }

    /// The same for fields and parameters, which alone can be left out: their type may be a `patch`.
    pub(super) fn resolve_member_type(
        &mut self,
        owner: &Owner,
        ty: &ast::TypeRef,
        user: Arguments<'_>,
    ) -> Type {
        let refused = is_patch(ty) && ty.optional > 0;
        if refused {
            self.errors.push(SchemaError::BadPatch {
                message: "a `patch` cannot be optional",
                label: "this `?`",
                span: Span { start: ty.inner_end, ..ty.span },
                help: "what is left out is kept as it is, and nil clears it: drop the `?`",
            });
        }
        self.resolve_written(owner, ty, user, refused)
    }

    fn resolve_written(
        &mut self,
        owner: &Owner,
        ty: &ast::TypeRef,
        user: Arguments<'_>,
        refused: bool,
    ) -> Type {
        let kind = self.resolve_kind(owner, ty, user).filter(|_| !refused);
        let inner_shape = self.inner_shape(owner.unit, ty);
        let constraints = if kind.is_some() {
            self.resolve_constraints(inner_shape, &ty.constraints)
        } else {
            Constraints::default()
        };
        let kind = kind.unwrap_or_else(|| {
            self.poisoned.extend([ty.inner_span(), ty.span]);
            TypeKind::Scalar(Scalar::Any)
        });
        let inner = Type { kind, constraints, span: ty.inner_span() };
        if ty.optional == 0 {
            return inner;
        }
        if !refused && (ty.optional > 1 || inner_shape == Shape::Optional) {
            self.errors.push(SchemaError::DoubleOptional { span: ty.span });
        }
        Type { kind: TypeKind::Optional(Box::new(inner)), constraints: Constraints::default(), span: ty.span }
    }

    fn resolve_kind(&mut self, owner: &Owner, ty: &ast::TypeRef, user: Arguments<'_>) -> Option<TypeKind> {
        let name = &ty.name;
        let wanted = GENERICS.iter().find(|(generic, _)| *generic == name.value).map(|(_, count)| *count);
        if let Some(count) = wanted {
            let mut arguments: Vec<Type> =
                ty.arguments.iter().map(|argument| self.resolve_type(owner, argument, user)).collect();
            if arguments.len() != count {
                self.wrong_arguments(ty, count);
                return None;
            }
            if is_patch(ty) && self.shape(owner.unit, &ty.arguments[0]) == Shape::Optional {
                self.errors.push(SchemaError::BadPatch {
                    message: "the value of a `patch` cannot be optional",
                    label: "is optional",
                    span: ty.arguments[0].span,
                    help: "a `patch` is cleared by nil already: drop the `?`",
                });
                return None;
            }
            let last = Box::new(arguments.pop()?);
            return Some(match (name.value.as_str(), arguments.pop()) {
                ("map", Some(key)) => TypeKind::Map(Box::new(key), last),
                ("set", _) => TypeKind::Set(last),
                (PATCH, _) => TypeKind::Patch(last),
                _ => TypeKind::List(last),
            });
        }
        let kind = match Scalar::from_name(&name.value) {
            Some(scalar) => TypeKind::Scalar(scalar),
            None => TypeKind::Named(self.resolve_name(owner, name, user)?),
        };
        if !ty.arguments.is_empty() {
            self.wrong_arguments(ty, 0);
            return None;
        }
        Some(kind)
    }

    fn wrong_arguments(&mut self, ty: &ast::TypeRef, count: usize) {
        let (expected, help) = match (ty.name.value.as_str(), count) {
            (_, 0) => ("nothing", Some(format!("write `{}`", ty.name.value))),
            ("map", _) => ("two types", Some("as in `map<string, i64>`".to_owned())),
            (name, _) => ("one type", Some(format!("as in `{name}<string>`"))),
        };
        self.errors.push(SchemaError::TypeArguments {
            name: ty.name.value.clone(),
            expected,
            found: ty.arguments.len(),
            span: ty.inner_span(),
            help,
        });
    }

    /// The declared type that a name means, if it is the type of a value.
    fn resolve_name(&mut self, owner: &Owner, name: &Spanned<String>, user: Arguments<'_>) -> Option<TypeId> {
        let found = self.find_type(owner.unit, &name.value);
        if let Some(Target::Type(id)) = found {
            self.note_type(owner.unit, name, id);
        }
        let (what, help) = match found {
            Some(Target::Unknown) => return None,
            Some(Target::Type(id)) if !self.is_error(id) => {
                let decl = self.type_decls[id.0 as usize];
                self.check_age(owner, user, decl, name);
                // An alias that leads to itself, or to something unknown, was reported where it stands.
                return (self.shapes[id.0 as usize] != Shape::Unknown).then_some(id);
            }
            Some(Target::Type(_)) => ("an error", "errors are only raised; put what it tells into a struct"),
            Some(Target::Interface) => ("an interface", "interfaces are not values; name a struct"),
            None if self.is_event(owner.unit, &name.value) => {
                ("an event", "events are only emitted; put its fields into a struct and use that in both")
            }
            None => {
                let help = self.unknown_type_help(owner.unit, &name.value);
                self.errors.push(SchemaError::UnknownType {
                    name: name.value.clone(),
                    span: name.span,
                    help,
                });
                return None;
            }
        };
        self.errors.push(SchemaError::NotAType { name: name.value.clone(), what, help, span: name.span });
        None
    }

    pub(super) fn is_error(&self, id: TypeId) -> bool {
        matches!(self.item(self.type_decls[id.0 as usize]).kind, ItemKind::Error(_))
    }

    fn is_event(&self, unit: usize, name: &str) -> bool {
        let scope = &self.scopes[unit];
        scope.own_events.contains_key(name) || scope.imported_events.contains_key(name)
    }

    /// The nearest type in sight, or how to bring the name into sight.
    fn unknown_type_help(&self, unit: usize, name: &str) -> Option<String> {
        if let Some(builtin) = foreign_name(name) {
            return Some(match builtin {
                "T?" => "an optional value is written `T?`, as in `string?`".to_owned(),
                builtin => format!("did you mean `{builtin}`?"),
            });
        }
        let scope = &self.scopes[unit];
        if let Some((package, member)) = name.rsplit_once('.') {
            if let Some((Some(target), _)) = scope.packages.get(package) {
                let names = self.type_names(*target);
                let nearest = crate::suggest::nearest(member, names);
                return nearest.map(|nearest| format!("did you mean `{package}.{nearest}`?"));
            }
            if scope.imports.iter().any(|target| self.units[*target].ast.package.value == package) {
                return Some(format!("to write names of it in full, add `use {package};`"));
            }
            return Some(format!("is package `{package}` imported? add `use {package};`"));
        }
        let imported = self.units[unit].ast.imports.iter().flat_map(|import| import.names.iter().flatten());
        let imported = imported.map(|name| name.alias.as_ref().unwrap_or(&name.name).value.as_str());
        let mut candidates: Vec<&str> = builtin_names().collect();
        candidates.extend(self.type_names(unit).chain(imported));
        if let Some(help) = did_you_mean(name, candidates) {
            return Some(help);
        }
        let holder = scope.imports.iter().find(|target| self.scopes[**target].own.contains_key(name))?;
        let package = &self.units[*holder].ast.package.value;
        Some(format!("package `{package}` declares it: add `use {package}.{{{name}}};`"))
    }

    /// Names of the types that a file declares.
    fn type_names(&self, unit: usize) -> impl Iterator<Item = &'a str> + use<'a> {
        let units: &'a [crate::load::Unit] = self.units;
        let types = units[unit].ast.items.iter().filter(|item| {
            !matches!(item.kind, ItemKind::Interface(_) | ItemKind::Event(_) | ItemKind::Error(_))
        });
        types.map(|item| item.head.name.value.as_str())
    }
}

fn is_patch(ty: &ast::TypeRef) -> bool {
    ty.name.value == PATCH
}
