//! Messages that are too large, declare to be, or are compressed.

use super::*;
use crate::support::{process::Process, score_one, telco_models};

const SCORE: &str = "holdfast.v1.ScoringService/ScoreCustomer";

/// The start of a frame that declares so many bytes.
fn declares(bytes: u32) -> Bytes {
    [&[0], &bytes.to_be_bytes()[..]].concat().into()
}

/// How a call ends that sends nothing but this.
async fn told(caller: &mut Caller, method: &str, sent: Bytes) -> Status {
    let mut begun = caller.begin(method, &[]).await;
    begun.body.send_data(sent, false).unwrap();
    begun.status().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_too_large_is_refused_by_what_it_declares() {
    let limit = 1 << 20;
    let bytes = limit.to_string();
    let server = Process::start(telco_models(), &["--max-message-bytes", &bytes]);
    let mut caller = Caller::of(server.address).await;
    for method in [SCORE, BATCH, COLUMNS, WHAT_IF, STREAM] {
        for declared in [limit + 1, 1 << 24, u32::MAX] {
            let status = told(&mut caller, method, declares(declared)).await;
            assert_eq!(status.code(), Code::ResourceExhausted, "{status:?}");
            assert_eq!(reason(&status), "MESSAGE_TOO_LARGE");
            let info = status.get_details_error_info().unwrap();
            assert_eq!(info.metadata["limit_bytes"], bytes);
            for word in [bytes.as_str(), "columns", "a stream", "several calls"] {
                assert!(status.message().contains(word), "{status:?}");
            }
        }
    }
}

/// The memory comes with the bytes: here 6 GiB are declared, and five bytes of each
/// message sent.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_declared_takes_no_memory() {
    let server = Process::start(telco_models(), &[]);
    let mut callers = Vec::new();
    for _ in 0..4 {
        callers.push(Caller::of(server.address).await);
    }
    let before = server.memory("VmRSS");
    let mut begun = Vec::new();
    for caller in &mut callers {
        for _ in 0..96 {
            let mut one = caller.begin(BATCH, &[]).await;
            one.body.send_data(declares(16 << 20), false).unwrap();
            begun.push(one);
        }
        // An answer on the same connection: what was sent before it has arrived.
        let one = Asked {
            method: SCORE,
            message: score_one(customer("1")).encode_to_vec(),
            goes_on: false,
        };
        assert_eq!(caller.ask(&one, "60S").await.code(), Code::Ok);
    }
    let grown = server.memory("VmHWM").saturating_sub(before);
    assert!(grown < 64 << 10, "{grown} KiB");
    drop(begun);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_compressed_is_refused() {
    let server = Process::start(telco_models(), &[]);
    let mut caller = Caller::of(server.address).await;
    for method in [SCORE, BATCH, COLUMNS, WHAT_IF, STREAM] {
        for encoding in ["gzip", "deflate", "zstd", "br", "canary"] {
            let begun = caller.begin(method, &[("grpc-encoding", encoding)]).await;
            let status = begun.status().await;
            assert_eq!(status.code(), Code::Unimplemented, "{status:?}");
            let read = status.metadata().get("grpc-accept-encoding").unwrap();
            assert_eq!(read, "identity");
            assert_eq!(reason(&status), "COMPRESSION_UNSUPPORTED");
            assert!(!status.message().contains("canary"), "{status:?}");
        }
        // Flags that nothing in the headers explains.
        for flag in [1, 2, 255] {
            let frame = Bytes::from(vec![flag, 0, 0, 0, 1, 0]);
            let status = told(&mut caller, method, frame).await;
            assert_eq!(status.code(), Code::InvalidArgument, "{status:?}");
            assert_eq!(reason(&status), "MALFORMED_REQUEST");
        }
    }
}
