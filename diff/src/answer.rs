//! What methods answer: their results, and the errors that they declare.

use std::time::Duration;

use lymph_idl::Schema;
use lymph_idl::model::{Field, Method, MethodKind, Raise, Type, TypeDef, TypeDefKind, TypeKind};

use crate::likeness::same_type;
use crate::matching::Matching;
use crate::node::Value;
use crate::pair::Pair;

/// How long callers wait that are told nothing else, by the runtime.
const CALL_TIMEOUT: Duration = Duration::from_secs(3);

/// How long callers of a method wait that is called on both sides; what else it became is told as such.
pub(crate) fn timeouts(methods: Pair<&Method>) -> Option<Pair<Duration>> {
    let are_called = methods.map(|method| method.kind) == Pair::new(MethodKind::Rpc, MethodKind::Rpc);
    are_called.then(|| methods.map(|method| method.timeout.unwrap_or(CALL_TIMEOUT)))
}

/// The results of a method that answers on both sides.
pub(crate) fn results(methods: Pair<&Method>) -> Option<Pair<Option<&Type>>> {
    let are_tasks = methods.map(|method| method.kind == MethodKind::Task);
    (!are_tasks.old && !are_tasks.new).then(|| methods.map(|method| method.result.as_ref()))
}

/// The errors of a method that is called on both sides; what else it became is told as such.
pub(crate) fn errors<'a>(
    schemas: Pair<&'a Schema>,
    methods: Pair<&'a Method>,
) -> Option<Matching<'a, TypeDef>> {
    (!methods.map(|method| method.kind).differs()).then(|| raised(schemas, methods))
}

/// Whether two types that met are errors.
pub(crate) fn is_error(types: &Pair<&TypeDef>) -> bool {
    let are_errors = types.map(|ty| matches!(ty.kind, TypeDefKind::Error(_)));
    are_errors.old && are_errors.new
}

/// The errors of both sides, paired by what travels, then by name, then as the only ones left with the
/// same fields.
pub(crate) fn raised<'a>(schemas: Pair<&'a Schema>, methods: Pair<&'a Method>) -> Matching<'a, TypeDef> {
    let sides = schemas.zip(methods.map(|method| &method.raises));
    let sides = sides.map(|(schema, raises)| -> Vec<&'a TypeDef> {
        raises.iter().map(|raise| schema.type_def(raise.error)).collect()
    });
    let mut errors = Matching::by_wire_of(sides.old, sides.new);
    errors.pair_rest(|errors| !errors.map(|error| &error.meta.name.value).differs());
    if let (&[old], &[new]) = (&errors.removed[..], &errors.added[..])
        && same_fields(Pair::new(old, new))
    {
        errors.pair_rest(|_| true);
    }
    errors
}

/// Where a method names one of its errors.
pub(crate) fn raise<'a>(method: &'a Method, error: &TypeDef) -> &'a Raise {
    method.raises.iter().find(|raise| raise.error == error.id).expect("it is one of those that it raises")
}

fn same_fields(errors: Pair<&TypeDef>) -> bool {
    let names = errors.map(|error| match &error.kind {
        TypeDefKind::Error(error) => {
            let mut names: Vec<&str> = error.record.fields.iter().map(|field| &*field.meta.wire).collect();
            names.sort_unstable();
            names
        }
        _ => Vec::new(),
    });
    !names.differs() && !names.new.is_empty()
}

/// The field of the new result that holds what was the whole result before.
pub(crate) fn wrapping_field<'a>(schemas: Pair<&'a Schema>, results: Pair<&'a Type>) -> Option<&'a Field> {
    let new = schemas.new.resolve_alias(results.new);
    let TypeKind::Named(id) = &new.kind else { return None };
    let TypeDefKind::Struct(record) = &schemas.new.type_def(*id).kind else { return None };
    let is_same = |new: &'a Type| {
        let types = Pair::new(results.old, new);
        same_type(&schemas.zip(types).map(|(schema, ty)| Value::new(schema, ty, None)))
    };
    if is_same(results.new) { None } else { record.fields.iter().find(|field| is_same(&field.ty)) }
}
