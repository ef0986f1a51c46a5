//! Rules about versions: the promises that a package makes.

family! {
    version_not_bumped,
    bump_too_small,
    bump_too_large,
    version_decreased,
    since_missing,
    since_changed,
    since_released,
    released_slice_changed,
    transitive_break,
    alias_dropped_early,
    removed_not_reserved,
    reserved_deleted,
    reserved_added,
    stable_uses_unstable,
    stable_uses_deprecated,
    acceptance_stale,
    acceptance_expired,
    deprecation_changed,
    annotation_changed,
    doc_changed,
}
