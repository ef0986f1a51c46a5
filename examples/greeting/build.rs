//! Generates the `greeting` module.

fn main() {
    lymph_build::compile(["../../schemas/greeting.lymph"]);
}
