//! Rules about values, wherever they travel. Of those about presence and types the first that speaks is
//! the only one, so the special stand before the general.

family! {
    became_required,
    added_required,
    added_optional,
    int_widened,
    type_changed,
    constraint_tightened,
    variant_added_open,
}
