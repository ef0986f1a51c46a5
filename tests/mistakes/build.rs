//! Compiles the schema that the mistakes are made against.

fn main() {
    lymph_build::compile(["schemas/places.lymph"]);
}
