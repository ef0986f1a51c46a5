//! Generates `bench` for lymph and `bench` for gRPC from schemas that say the same.

fn main() -> anyhow::Result<()> {
    lymph_build::compile(["schemas/bench.lymph"]);
    // In Rust, so that nobody has to install `protoc`.
    let files = protox::compile(["schemas/bench.proto"], ["schemas"])?;
    tonic_prost_build::configure().bytes(".bench.Data.data").compile_fds(files)?;
    println!("cargo::rerun-if-changed=schemas/bench.proto");
    Ok(())
}
