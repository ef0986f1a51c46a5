//! What types can hold, and what constraints refuse.

use lymph_idl::model::{Number, Scalar, Type, TypeKind};

/// Whether the constraints of a type, itself no alias, refuse nothing that it can hold.
pub(crate) fn is_no_limit(ty: &Type) -> bool {
    let constraints = &ty.constraints;
    let (least, greatest) = match &ty.kind {
        TypeKind::Scalar(scalar) => match range(*scalar) {
            Some(range) => range,
            None => return constraints.is_empty(),
        },
        TypeKind::List(_) | TypeKind::Set(_) | TypeKind::Map(..) => (0, None),
        TypeKind::Optional(_) | TypeKind::Patch(_) | TypeKind::Named(_) => return constraints.is_empty(),
    };
    let is_low = match constraints.min {
        None => true,
        Some(Number::Int(min)) => min <= least,
        Some(Number::Float(_)) => false,
    };
    let is_high = match (constraints.max, greatest) {
        (None, _) => true,
        (Some(Number::Int(max)), Some(greatest)) => max >= greatest,
        _ => false,
    };
    is_low && is_high && constraints.pattern.is_none()
}

/// An integer or a float.
pub(crate) fn is_number(scalar: Scalar) -> bool {
    scalar.int_range().is_some() || scalar.is_float()
}

/// Least and greatest value, or length, that the type itself allows.
fn range(scalar: Scalar) -> Option<(i128, Option<i128>)> {
    match scalar {
        Scalar::String | Scalar::Bytes => Some((0, None)),
        scalar => scalar.int_range().map(|(least, greatest)| (least, Some(greatest))),
    }
}
