//! Generates the modules of the schemas that the tests call and serve.

fn main() {
    lymph_build::compile([
        "../schemas/greeting.lymph",
        "../schemas/echo/v1.lymph",
        "../schemas/echo/v2.lymph",
        "schemas/probe.lymph",
    ]);
}
