//! Generates the modules `echo::v1` and `echo::v2`.

fn main() {
    lymph_build::compile(["../../schemas/echo/v1.lymph", "../../schemas/echo/v2.lymph"]);
}
