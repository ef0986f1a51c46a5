//! Rules about interfaces and their methods.

family! {
    method_removed,
}
