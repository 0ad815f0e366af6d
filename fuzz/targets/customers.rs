//! A customer's bytes: what is read fast is what the general decoder reads.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| holdfast::grpc::fuzzing::customer(bytes));
