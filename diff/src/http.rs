//! A method's place in the HTTP gateway, and what of it HTTP clients notice.

use lymph_idl::model::{HttpMapping, Method};

use crate::pair::Pair;

/// Verb and path on one line.
pub(crate) fn place(mapping: &HttpMapping) -> String {
    format!("{} {}", mapping.verb, mapping.path)
}

/// The status of an answer, for messages.
pub(crate) fn status(mapping: &HttpMapping) -> String {
    mapping.status.map_or_else(|| "the usual status".to_owned(), |status| status.to_string())
}

/// Whether other parameters stand in the path, or the same in another order.
pub(crate) fn param_moved(methods: &Pair<&Method>, mappings: Pair<&HttpMapping>) -> bool {
    methods.zip(mappings).map(|(method, mapping)| Path::of(method, mapping).params).differs()
}

/// Whether requests go elsewhere for another reason than a parameter that moved.
pub(crate) fn path_changed(methods: &Pair<&Method>, mappings: Pair<&HttpMapping>) -> bool {
    let paths = methods.zip(mappings).map(|(method, mapping)| Path::of(method, mapping));
    let literals_differ = paths.as_ref().map(|path| &path.literals).differs();
    let params_differ = paths.as_ref().map(|path| &path.params).differs();
    literals_differ || (!params_differ && paths.map(|path| path.places).differs())
}

/// A path taken apart, parameters by the names that travel.
struct Path<'a> {
    literals: Vec<&'a str>,
    params: Vec<&'a str>,
    /// Which segments are parameters.
    places: Vec<bool>,
}

impl<'a> Path<'a> {
    fn of(method: &'a Method, mapping: &'a HttpMapping) -> Self {
        let mut path = Self { literals: Vec::new(), params: Vec::new(), places: Vec::new() };
        for segment in mapping.path.split('/') {
            let name = segment.strip_prefix('{').and_then(|segment| segment.strip_suffix('}'));
            path.places.push(name.is_some());
            match name {
                None => path.literals.push(segment),
                Some(name) => {
                    let param = method.params.iter().find(|param| param.meta.name.value == name);
                    path.params.push(param.map_or(name, |param| &param.meta.wire));
                }
            }
        }
        path
    }
}
