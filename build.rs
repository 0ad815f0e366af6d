//! Compiles the contract under `proto/` without protoc.

use std::{env, error::Error, fs, path::PathBuf};

const SERVICES: [&str; 2] = [
    "holdfast/v1/model_service.proto",
    "holdfast/v1/scoring_service.proto",
];

/// Messages that `grpc::wire` declares.
const OUR_OWN: [&str; 7] = [
    "ScoreColumnsRequest",
    "ScoreCustomerRequest",
    "ScoreCustomerResponse",
    "ScoreCustomersRequest",
    "ScoreCustomersResponse",
    "StreamScoresRequest",
    "StreamScoresResponse",
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

    // The services apart: they read and write some messages in a way of their own.
    let services = out_dir.join("services");
    fs::create_dir_all(&services)?;
    let mut builder = tonic_prost_build::configure()
        .build_client(false)
        .out_dir(services)
        .codec_path("crate::grpc::codec::Codec")
        .extern_path(".holdfast.v1", "crate::grpc::proto");
    for message in OUR_OWN {
        let path = format!(".holdfast.v1.{message}");
        builder = builder.extern_path(path, format!("crate::grpc::wire::{message}"));
    }
    builder.compile_fds(compiler.file_descriptor_set())?;
    Ok(())
}
