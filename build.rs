//! Compiles the contract under `proto/` without protoc.

use std::{env, error::Error, fs, path::PathBuf};

const SERVICES: [&str; 2] = [
    "holdfast/v1/model_service.proto",
    "holdfast/v1/scoring_service.proto",
];

/// Requests that `grpc::wire` declares.
const READ_FROM_BYTES: [&str; 3] = [
    "ScoreCustomerRequest",
    "ScoreCustomersRequest",
    "StreamScoresRequest",
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
        .build_server(false)
        .codec_path("crate::grpc::codec::Codec")
        .extern_path(".google.rpc.Status", "::tonic_types::Status")
        .btree_map(".holdfast.v1.Customer.features")
        .btree_map(".holdfast.v1.WhatIfRequest.changes")
        .btree_map(".holdfast.v1.WhatIfSearch.changes")
        // Not copied from what was received.
        .bytes(".holdfast.v1.Numbers.little_endian")
        .compile_fds_with_config(compiler.file_descriptor_set(), messages)?;

    // The services apart: they read some requests in a way of their own.
    let services = out_dir.join("services");
    fs::create_dir_all(&services)?;
    let mut builder = tonic_prost_build::configure()
        .build_client(false)
        .out_dir(services)
        .codec_path("crate::grpc::codec::Codec")
        .extern_path(".holdfast.v1", "crate::grpc::proto");
    for request in READ_FROM_BYTES {
        let path = format!(".holdfast.v1.{request}");
        builder = builder.extern_path(path, format!("crate::grpc::wire::{request}"));
    }
    builder.compile_fds(compiler.file_descriptor_set())?;
    Ok(())
}
