//! Versions of members in words.

use lymph_idl::model::Since;

/// As one would write it in `@since(…)`; members without it were always there.
pub(crate) fn text(since: Option<Since>) -> String {
    match since {
        None => "the first version".to_owned(),
        Some(Since::Next) => "next".to_owned(),
        Some(Since::Version(version)) => match version.patch {
            0 => format!("{}.{}", version.major, version.minor),
            _ => version.to_string(),
        },
    }
}
