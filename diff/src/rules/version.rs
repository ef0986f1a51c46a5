//! Rules about versions: the promises that a package makes.

family! {
    version_not_bumped,
    doc_changed,
}
