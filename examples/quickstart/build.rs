//! Generates the `listen` module, and the `greeting` module that it imports.

fn main() {
    lymph_build::compile(["../../schemas/listen.lymph"]);
}
