//! What was begun has to come, a message as a frame; what was not may take its time.

use tokio::io::AsyncReadExt;

use super::*;
use crate::support::{process::Process, telco_models};

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_stops_in_the_middle_ends_its_call() {
    let server = Process::start(telco_models(), &[]);
    let mut caller = Caller::of(server.address).await;
    let mut stream = caller.begin(STREAM, &[]).await;
    let mut slow = caller.begin(LIST, &[]).await;
    let part = framed(&[0; 100]).slice(..50);
    slow.body.send_data(part, false).unwrap();
    let status = slow.status().await;
    assert_eq!(status.code(), Code::DeadlineExceeded);
    assert_eq!(reason(&status), "MESSAGE_TOO_SLOW");
    // Between messages, or before the first, a stream may take its time.
    stream.body.send_data(Bytes::new(), true).unwrap();
    assert_eq!(stream.status().await.code(), Code::Ok);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frame_that_stops_in_the_middle_ends_its_connection() {
    let server = Process::start(telco_models(), &[]);
    let mut quiet = greet(server.address).await;
    let mut slow = greet(server.address).await;
    // Headers of 100 bytes, and the first of them.
    let part = [0, 0, 100, 1, 4, 0, 0, 0, 1, 0x82];
    slow.write_all(&part).await.unwrap();
    let mut heard = Vec::new();
    let end = timeout(Duration::from_secs(30), slow.read_to_end(&mut heard));
    // Its end or its reset.
    let _ = end.await.expect("it is still open");
    let still_open = timeout(Duration::from_millis(100), quiet.read_to_end(&mut heard));
    assert!(still_open.await.is_err());
}
