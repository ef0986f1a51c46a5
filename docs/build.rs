//! Generates the modules that snippets include.

fn main() {
    lymph_build::compile([
        "../schemas/greeting.lymph",
        "../schemas/listen.lymph",
        "../schemas/maps/geo.lymph",
        "../schemas/echo/v1.lymph",
        "../schemas/echo/v2.lymph",
    ]);
}
