//! Rules about events and those who handle them.

family! {
    event_removed,
}
