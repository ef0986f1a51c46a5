//! Aliases: no circles, no endless chains, and what each type comes down to.

use std::collections::HashMap;

use super::Resolver;
use super::imports::chain;
use super::names::Target;
use crate::ast::{ItemKind, TypeRef};
use crate::error::SchemaError;
use crate::model::{Scalar, TypeId};
use crate::scalar::PATCH;

/// What a type comes down to once aliases are looked through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Scalar(Scalar),
    List,
    Set,
    Map,
    /// An alias for `T?`.
    Optional,
    /// `patch<T>`; no alias is one.
    Patch,
    Struct(TypeId),
    Enum(TypeId),
    Union(TypeId),
    Error,
    /// Reported already.
    Unknown,
}

impl Shape {
    /// For messages.
    pub(super) fn describe(self) -> String {
        match self {
            Self::Scalar(scalar) => format!("`{}`", scalar.name()),
            Self::List => "a list".to_owned(),
            Self::Set => "a set".to_owned(),
            Self::Map => "a map".to_owned(),
            Self::Optional => "an optional type".to_owned(),
            Self::Patch => "a `patch`".to_owned(),
            Self::Struct(_) => "a struct".to_owned(),
            Self::Enum(_) => "an enum".to_owned(),
            Self::Union(_) => "a union".to_owned(),
            Self::Error => "an error".to_owned(),
            Self::Unknown => "an unknown type".to_owned(),
        }
    }
}

impl Resolver<'_> {
    /// Finds out what every type comes down to; reports aliases that lead to themselves or nest too deep.
    pub(super) fn shape_aliases(&mut self) {
        let mut shapes = Vec::with_capacity(self.type_decls.len());
        let mut aliases = Vec::new();
        for (index, decl) in self.type_decls.iter().enumerate() {
            let id = TypeId(index as u32);
            shapes.push(match &self.item(*decl).kind {
                ItemKind::Struct(_) => Shape::Struct(id),
                ItemKind::Enum(_) => Shape::Enum(id),
                ItemKind::Union(_) => Shape::Union(id),
                ItemKind::Error(_) => Shape::Error,
                _ => {
                    aliases.push(id);
                    Shape::Unknown
                }
            });
        }
        self.shapes = shapes;
        for id in self.aliases_inside_out(&aliases) {
            let decl = self.type_decls[id.0 as usize];
            if let ItemKind::Alias(target) = &self.item(decl).kind {
                self.shapes[id.0 as usize] = match self.shape(decl.unit, target) {
                    // Refused where the alias stands.
                    Shape::Patch => Shape::Unknown,
                    shape => shape,
                };
            }
        }
    }

    /// Aliases ordered so that each stands behind those that it uses. Circles and chains that are too deep
    /// are reported and left out.
    fn aliases_inside_out(&mut self, aliases: &[TypeId]) -> Vec<TypeId> {
        let mut order = Vec::new();
        // `None` while open: how deep its chain is, or that it leads into a circle.
        let mut depths: HashMap<TypeId, Option<usize>> = HashMap::new();
        for &root in aliases {
            if depths.contains_key(&root) {
                continue;
            }
            let mut way = vec![(root, self.alias_uses(root), 0usize, 0usize)];
            depths.insert(root, None);
            while let Some((current, uses, next, deepest)) = way.last_mut() {
                let (current, depth) = (*current, *deepest + 1);
                let Some(&used) = uses.get(*next) else {
                    way.pop();
                    depths.insert(current, Some(depth));
                    if depth == self.nesting + 1 {
                        let span = self.item(self.type_decls[current.0 as usize]).head.name.span;
                        self.errors.push(SchemaError::TooDeep { limit: self.nesting, span });
                    } else if depth <= self.nesting {
                        order.push(current);
                    }
                    if let Some((_, _, _, deepest)) = way.last_mut() {
                        *deepest = (*deepest).max(depth);
                    }
                    continue;
                };
                *next += 1;
                match depths.get(&used) {
                    Some(Some(depth)) => *deepest = (*deepest).max(*depth),
                    Some(None) => {
                        // As deep as can be without being reported as too deep as well.
                        *deepest = self.nesting + 2;
                        let start = way.iter().position(|(id, ..)| *id == used).unwrap_or(0);
                        let ids = way[start..].iter().map(|(id, ..)| *id).chain([used]);
                        let heads: Vec<_> =
                            ids.map(|id| &self.item(self.type_decls[id.0 as usize]).head.name).collect();
                        let names: Vec<&str> = heads.iter().map(|name| name.value.as_str()).collect();
                        let span = self.alias_target_span(current);
                        self.errors.push(SchemaError::AliasCycle { path: chain(&names), span });
                    }
                    None => {
                        depths.insert(used, None);
                        let uses = self.alias_uses(used);
                        way.push((used, uses, 0, 0));
                    }
                }
            }
        }
        order
    }

    fn alias_target_span(&self, id: TypeId) -> crate::Span {
        let head = &self.item(self.type_decls[id.0 as usize]);
        match &head.kind {
            ItemKind::Alias(target) => target.span,
            _ => head.head.name.span,
        }
    }

    /// Aliases that an alias names, anywhere in its type.
    fn alias_uses(&self, id: TypeId) -> Vec<TypeId> {
        let decl = self.type_decls[id.0 as usize];
        let ItemKind::Alias(target) = &self.item(decl).kind else { return Vec::new() };
        let mut uses = Vec::new();
        let mut open: Vec<&TypeRef> = vec![target];
        while let Some(ty) = open.pop() {
            open.extend(&ty.arguments);
            if let Some(Target::Type(used)) = self.find_type(decl.unit, &ty.name.value)
                && matches!(self.item(self.type_decls[used.0 as usize]).kind, ItemKind::Alias(_))
            {
                uses.push(used);
            }
        }
        uses
    }

    /// What `ty` comes down to. Right once the aliases it uses have their shapes.
    pub(super) fn shape(&self, unit: usize, ty: &TypeRef) -> Shape {
        if ty.optional > 0 { Shape::Optional } else { self.inner_shape(unit, ty) }
    }

    /// What `ty` comes down to without its own `?`.
    pub(super) fn inner_shape(&self, unit: usize, ty: &TypeRef) -> Shape {
        if !ty.arguments.is_empty() {
            return match ty.name.value.as_str() {
                "list" => Shape::List,
                "set" => Shape::Set,
                "map" => Shape::Map,
                PATCH => Shape::Patch,
                _ => Shape::Unknown,
            };
        }
        if let Some(scalar) = Scalar::from_name(&ty.name.value) {
            return Shape::Scalar(scalar);
        }
        match self.find_type(unit, &ty.name.value) {
            Some(Target::Type(id)) => self.shapes[id.0 as usize],
            _ => Shape::Unknown,
        }
    }

    /// The declaration that a name means in a file, whatever it is.
    pub(super) fn find_type(&self, unit: usize, name: &str) -> Option<Target> {
        let scope = &self.scopes[unit];
        let lost = |unit: usize, name: &str| {
            self.units[unit].ast.damage.may_declare(name).then_some(Target::Unknown)
        };
        let Some((package, member)) = name.rsplit_once('.') else {
            // A type that could not be read has no name.
            let unread = name.is_empty().then_some(Target::Unknown);
            return scope.target(name).or(unread).or_else(|| lost(unit, name));
        };
        match scope.packages.get(package) {
            None => lost(unit, package),
            Some((None, _)) => Some(Target::Unknown),
            Some((Some(target), _)) => {
                let found = self.scopes[*target].own.get(member).map(|(target, _)| *target);
                found.or_else(|| lost(*target, member))
            }
        }
    }
}
