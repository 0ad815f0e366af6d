//! The bytes of customers by column: what is read fast is what the general decoder
//! reads, or refused as it refuses it.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| holdfast::grpc::fuzzing::columns(bytes));
