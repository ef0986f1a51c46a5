//! One edit of a schema, chosen by chance.

use proptest::prelude::*;

use crate::schema::{Kind, Member, Package, Presence, SCALARS, Type, Variant, member, presence, ty};

/// One edit. Numbers choose what is edited, and mean something for every schema.
#[derive(Debug, Clone)]
pub(crate) enum Edit {
    AddMember(usize, usize, Member),
    RemoveMember(usize, usize),
    RenameMember(usize, usize, Rename),
    Retype(usize, usize, Type),
    RetypeElement(usize, usize, Type),
    /// Of a member with a scalar type, to another one.
    ChangeScalar(usize, &'static str),
    /// Of a member that is a text, to a declared type.
    DeclareScalar(usize, usize),
    /// Of a member with a declared type, to text.
    UndeclareScalar(usize),
    SetPresence(usize, usize, Presence),
    Reorder(usize),
    SetResult(Type),
    ToggleClosed(usize),
    ToggleFallback(usize),
    AddVariant(usize, usize),
    RemoveVariant(usize, usize),
    RenameVariant(usize, usize, Rename),
    ReorderVariants(usize),
    Reserve(usize),
    UseReserved(usize, Member),
    BecomeStruct(usize),
    BecomeEnum(usize),
    BecomeUnion(usize),
    BecomeAlias(usize, Type),
    RenameType(usize),
    WrapInUnion(usize, usize),
}

/// How a name changes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Rename {
    Bare,
    KeepWire,
    KeepAlias,
    AddAlias,
    DropAlias,
}

pub(crate) fn edit() -> impl Strategy<Value = Edit> {
    let n = || 0..16_usize;
    let rename = || {
        use Rename::{AddAlias, Bare, DropAlias, KeepAlias, KeepWire};
        prop::sample::select(&[Bare, KeepWire, KeepAlias, AddAlias, DropAlias][..])
    };
    prop_oneof![
        3 => (n(), n(), member()).prop_map(|(a, b, member)| Edit::AddMember(a, b, member)),
        3 => (n(), n()).prop_map(|(a, b)| Edit::RemoveMember(a, b)),
        3 => (n(), n(), rename()).prop_map(|(a, b, rename)| Edit::RenameMember(a, b, rename)),
        5 => (n(), n(), ty()).prop_map(|(a, b, ty)| Edit::Retype(a, b, ty)),
        3 => (n(), n(), ty()).prop_map(|(a, b, ty)| Edit::RetypeElement(a, b, ty)),
        12 => (n(), prop::sample::select(&SCALARS[..])).prop_map(|(a, name)| Edit::ChangeScalar(a, name)),
        8 => (n(), n()).prop_map(|(a, b)| Edit::DeclareScalar(a, b)),
        6 => n().prop_map(Edit::UndeclareScalar),
        4 => (n(), n(), presence()).prop_map(|(a, b, presence)| Edit::SetPresence(a, b, presence)),
        1 => n().prop_map(Edit::Reorder),
        2 => ty().prop_map(Edit::SetResult),
        2 => n().prop_map(Edit::ToggleClosed),
        1 => n().prop_map(Edit::ToggleFallback),
        2 => (n(), n()).prop_map(|(a, b)| Edit::AddVariant(a, b)),
        2 => (n(), n()).prop_map(|(a, b)| Edit::RemoveVariant(a, b)),
        2 => (n(), n(), rename()).prop_map(|(a, b, rename)| Edit::RenameVariant(a, b, rename)),
        1 => n().prop_map(Edit::ReorderVariants),
        1 => n().prop_map(Edit::Reserve),
        1 => (n(), member()).prop_map(|(a, member)| Edit::UseReserved(a, member)),
        1 => n().prop_map(Edit::BecomeStruct),
        1 => n().prop_map(Edit::BecomeEnum),
        1 => n().prop_map(Edit::BecomeUnion),
        1 => (n(), ty()).prop_map(|(a, ty)| Edit::BecomeAlias(a, ty)),
        1 => n().prop_map(Edit::RenameType),
        1 => (n(), n()).prop_map(|(a, b)| Edit::WrapInUnion(a, b)),
    ]
}

impl Edit {
    /// Whether the text may change without any change of meaning, as for a bound that the type has anyway.
    pub(crate) fn may_mean_nothing(&self) -> bool {
        matches!(
            self,
            Self::Retype(..) | Self::RetypeElement(..) | Self::SetResult(_) | Self::BecomeAlias(..)
        )
    }

    pub(crate) fn apply(&self, package: &Package) -> Package {
        let mut new = package.clone();
        match self {
            Self::AddMember(record, place, member) => {
                if let Some(members) = record_of(&mut new, *record) {
                    let mut member = member.clone();
                    member.head = named("added");
                    members.insert(place % (members.len() + 1), member);
                }
            }
            Self::RemoveMember(record, place) => {
                if let Some(members) = record_of(&mut new, *record).filter(|it| !it.is_empty()) {
                    members.remove(place % members.len());
                }
            }
            Self::RenameMember(record, place, how) => {
                if let Some(member) = member_of(&mut new, *record, *place) {
                    rename(&mut member.head, *how);
                }
            }
            Self::Retype(record, place, ty) => {
                if let Some(member) = member_of(&mut new, *record, *place) {
                    member.ty = ty.clone();
                }
            }
            Self::RetypeElement(record, place, ty) => {
                if let Some(member) = member_of(&mut new, *record, *place)
                    && let Type::List(inner) | Type::Map(_, inner) = &mut member.ty
                {
                    **inner = ty.clone();
                }
            }
            Self::ChangeScalar(place, name) => {
                if let Some(member) = member_with(&mut new, *place, |ty| matches!(ty, Type::Scalar(_))) {
                    member.ty = Type::Scalar(name);
                }
            }
            Self::DeclareScalar(place, declared) => {
                if let Some(member) = member_with(&mut new, *place, |ty| matches!(ty, Type::Scalar("string")))
                {
                    member.ty = Type::Named(*declared);
                }
            }
            Self::UndeclareScalar(place) => {
                if let Some(member) = member_with(&mut new, *place, |ty| matches!(ty, Type::Named(_))) {
                    member.ty = Type::Scalar("string");
                }
            }
            Self::SetPresence(record, place, presence) => {
                if let Some(member) = member_of(&mut new, *record, *place) {
                    member.presence = *presence;
                }
            }
            Self::Reorder(record) => {
                if let Some(members) = record_of(&mut new, *record) {
                    members.reverse();
                }
            }
            Self::SetResult(ty) => new.result = ty.clone(),
            Self::ToggleClosed(place) => match kind_of(&mut new, *place) {
                Kind::Struct { closed, .. } | Kind::Enum { closed, .. } | Kind::Union { closed, .. } => {
                    *closed = !*closed;
                }
                Kind::Alias(_) => {}
            },
            Self::ToggleFallback(place) => {
                if let Kind::Enum { has_fallback, .. } = kind_of(&mut new, *place) {
                    *has_fallback = !*has_fallback;
                }
            }
            Self::AddVariant(place, at) => {
                if let Some(variants) = variants_of(&mut new, *place) {
                    variants.insert(at % (variants.len() + 1), named("added"));
                }
            }
            Self::RemoveVariant(place, at) => {
                if let Some(variants) = variants_of(&mut new, *place).filter(|it| it.len() > 1) {
                    variants.remove(at % variants.len());
                }
            }
            Self::RenameVariant(place, at, how) => {
                if let Some(variants) = variants_of(&mut new, *place) {
                    let at = at % variants.len();
                    rename(&mut variants[at], *how);
                }
            }
            Self::ReorderVariants(place) => {
                if let Some(variants) = variants_of(&mut new, *place) {
                    variants.reverse();
                }
            }
            Self::Reserve(place) => {
                if let Kind::Struct { reserved, .. } | Kind::Enum { reserved, .. } = kind_of(&mut new, *place)
                {
                    reserved.push("spare".to_owned());
                }
            }
            Self::UseReserved(place, member) => match kind_of(&mut new, *place) {
                Kind::Struct { members, reserved, .. } => {
                    let added = reserved.pop().map(|name| Member { head: named(&name), ..member.clone() });
                    members.extend(added);
                }
                Kind::Enum { variants, reserved, .. } => {
                    variants.extend(reserved.pop().map(|name| named(&name)));
                }
                Kind::Union { .. } | Kind::Alias(_) => {}
            },
            Self::BecomeStruct(place) => {
                let kind = kind_of(&mut new, *place);
                *kind = Kind::Struct { closed: false, members: Vec::new(), reserved: Vec::new() };
            }
            Self::BecomeEnum(place) => {
                let variants = vec![named("v0"), named("v1")];
                let (closed, has_fallback, reserved) = (false, false, Vec::new());
                *kind_of(&mut new, *place) = Kind::Enum { closed, has_fallback, variants, reserved };
            }
            Self::BecomeUnion(place) => {
                let (ty, presence) = (Type::Scalar("string"), Presence::Required);
                let members = vec![Member { head: named("v0"), ty, presence }];
                *kind_of(&mut new, *place) = Kind::Union { closed: false, members };
            }
            Self::BecomeAlias(place, ty) => *kind_of(&mut new, *place) = Kind::Alias(ty.clone()),
            Self::RenameType(place) => {
                let place = place % new.types.len();
                new.types[place].name.push_str("New");
            }
            Self::WrapInUnion(record, place) => {
                let unions =
                    new.types.iter().zip(0..).filter(|(it, _)| matches!(it.kind, Kind::Union { .. }));
                let union: Option<usize> = unions.map(|(_, place)| place).next();
                if let (Some(union), Some(member)) = (union, member_of(&mut new, *record, *place)) {
                    member.ty = Type::Named(union);
                }
            }
        }
        new
    }
}

fn named(name: &str) -> Variant {
    Variant { name: name.to_owned(), ..Variant::default() }
}

fn rename(head: &mut Variant, how: Rename) {
    let wire = head.wire.clone().unwrap_or_else(|| head.name.clone());
    match how {
        Rename::Bare => (head.name, head.wire) = ("renamed".to_owned(), None),
        Rename::KeepWire => (head.name, head.wire) = ("renamed".to_owned(), Some(wire)),
        Rename::KeepAlias => *head = Variant { name: "renamed".to_owned(), wire: None, was: Some(wire) },
        Rename::AddAlias => head.was = Some("other".to_owned()),
        Rename::DropAlias => head.was = None,
    }
}

fn kind_of(package: &mut Package, place: usize) -> &mut Kind {
    let place = place % package.types.len();
    &mut package.types[place].kind
}

fn variants_of(package: &mut Package, place: usize) -> Option<&mut Vec<Variant>> {
    let enums = package.types.iter_mut().filter_map(|it| match &mut it.kind {
        Kind::Enum { variants, .. } => Some(variants),
        _ => None,
    });
    let mut enums: Vec<_> = enums.collect();
    let place = place.checked_rem(enums.len())?;
    Some(enums.swap_remove(place))
}

/// Parameters, and the members of the event, the error, structs and unions.
fn records_of(package: &mut Package) -> Vec<&mut Vec<Member>> {
    let Package { types, params, event, error, .. } = package;
    let declared = types.iter_mut().filter_map(|it| match &mut it.kind {
        Kind::Struct { members, .. } | Kind::Union { members, .. } => Some(members),
        _ => None,
    });
    [params, event, error].into_iter().chain(declared).collect()
}

fn record_of(package: &mut Package, place: usize) -> Option<&mut Vec<Member>> {
    let mut records = records_of(package);
    let place = place.checked_rem(records.len())?;
    Some(records.swap_remove(place))
}

fn member_with(package: &mut Package, place: usize, is: impl Fn(&Type) -> bool) -> Option<&mut Member> {
    let members = records_of(package).into_iter().flatten().filter(|member| is(&member.ty));
    let mut members: Vec<_> = members.collect();
    let place = place.checked_rem(members.len())?;
    Some(members.swap_remove(place))
}

fn member_of(package: &mut Package, record: usize, place: usize) -> Option<&mut Member> {
    let members = record_of(package, record)?;
    let place = place.checked_rem(members.len())?;
    members.get_mut(place)
}
