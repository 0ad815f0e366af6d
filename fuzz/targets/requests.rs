//! Requests: a method by the first byte, and the bytes of its message. Whatever they
//! are, the caller is told what is wrong or gets an answer of the contract; a customer
//! alone and in a batch gets the same.

#![no_main]

use std::{path::Path, sync::LazyLock};

use holdfast::grpc::proto::{
    GetModelResponse, ListModelsResponse, ScoreColumnsResponse, ScoreCustomerResponse,
    ScoreCustomersResponse, StreamScoresResponse, WhatIfResponse, customer_outcome::Outcome,
};
use holdfast_fuzz::{SHIPPED, Server};
use libfuzzer_sys::fuzz_target;
use prost::Message;
use tonic::Code;

static SERVER: LazyLock<Server> = LazyLock::new(|| Server::start(Path::new(SHIPPED)));

fuzz_target!(|input: &[u8]| {
    let Some((method, message)) = input.split_first() else {
        return;
    };
    match method % 7 {
        0 => single(message),
        1 => drop(ask::<ScoreCustomersResponse>(
            "ScoringService/ScoreCustomers",
            message,
        )),
        2 => drop(ask::<ScoreColumnsResponse>(
            "ScoringService/ScoreColumns",
            message,
        )),
        3 => drop(ask::<WhatIfResponse>("ScoringService/WhatIf", message)),
        4 => drop(ask::<StreamScoresResponse>(
            "ScoringService/StreamScores",
            message,
        )),
        5 => drop(ask::<GetModelResponse>("ModelService/GetModel", message)),
        _ => drop(ask::<ListModelsResponse>(
            "ModelService/ListModels",
            message,
        )),
    }
});

/// The answer, which is of the contract; `None` where there is none.
fn ask<T: Message + Default>(method: &str, message: &[u8]) -> Option<T> {
    let answer = SERVER.call(method, message);
    let read = |message: Vec<u8>| T::decode(message.as_slice()).expect("an answer of the contract");
    let messages: Vec<T> = answer.messages.into_iter().map(read).collect();
    let is_stream = method.ends_with("StreamScores");
    assert!(is_stream || messages.len() == usize::from(answer.status.code() == Code::Ok));
    messages.into_iter().next()
}

/// A request about one customer is, in bytes, one about several.
fn single(message: &[u8]) {
    let alone = ask::<ScoreCustomerResponse>("ScoringService/ScoreCustomer", message);
    let batch = ask::<ScoreCustomersResponse>("ScoringService/ScoreCustomers", message);
    // Of a message that is sent in parts, the batch has a customer for each.
    let outcomes = batch.as_ref().map_or(&[][..], |batch| &batch.outcomes);
    if let ([outcome], Some(alone)) = (outcomes, alone) {
        let Some(Outcome::Score(score)) = &outcome.outcome else {
            panic!("a score alone, and in a batch {outcome:?}");
        };
        let alone = alone.score.expect("a score");
        assert_eq!(alone.encode_to_vec(), score.encode_to_vec());
    }
}
