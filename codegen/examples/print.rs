//! Prints what is generated for the schemas given: `cargo run --example print -- schemas/greeting.lymph`.

use std::io::Write;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let schema = lymph_idl::load(std::env::args().skip(1), &lymph_idl::Options::default())?;
    let text = lymph_codegen::generate_single(&schema, &lymph_codegen::Options::default())
        .map_err(|problems| problems[0].clone())?;
    Ok(std::io::stdout().write_all(text.as_bytes())?)
}
