//! Compiles the contract under `proto/` without protoc.

use std::{env, error::Error, fs, path::PathBuf};

const SERVICES: [&str; 2] = [
    "holdfast/v1/model_service.proto",
    "holdfast/v1/scoring_service.proto",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=proto");
    let mut compiler = protox::Compiler::new(["proto"])?;
    compiler.include_source_info(true).include_imports(true);
    compiler.open_files(SERVICES)?;

    let out_dir = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(
        out_dir.join("holdfast.v1.binpb"),
        compiler.encode_file_descriptor_set(),
    )?;
    let mut messages = tonic_prost_build::Config::new();
    messages.enable_type_names();
    tonic_prost_build::configure()
        .codec_path("crate::grpc::codec::Codec")
        .extern_path(".google.rpc.Status", "::tonic_types::Status")
        .btree_map(".holdfast.v1.Customer.features")
        // Not copied from what was received.
        .bytes(".holdfast.v1.Numbers.little_endian")
        .compile_fds_with_config(compiler.file_descriptor_set(), messages)?;
    Ok(())
}
