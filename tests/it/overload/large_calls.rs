//! Large calls at once: so many, and no more.

use std::time::Instant;

use super::*;
use crate::support::{process::Process, score_one, value_models};

const SCORE: &str = "holdfast.v1.ScoringService/ScoreCustomer";
const IN_FLIGHT: &str = "holdfast_large_calls_in_flight";

/// With one turn that is taken, every shape is refused, single scores are not, and
/// the turn comes back from whatever became of its call.
#[tokio::test(flavor = "multi_thread")]
async fn there_is_room_for_so_many_and_it_comes_back() {
    let options = ["--admin-listen", "127.0.0.1:0", "--max-large-calls", "1"];
    let server = Process::start(value_models(), &options);
    let mut caller = Caller::of(server.address).await;
    // Columns, alone and in a stream, take longest.
    let [_, columns, _, _, stream] = slow();
    for busy in [columns, stream] {
        let mut begun = caller.begin(busy.method, &[]).await;
        let sent = framed(&busy.message);
        begun.body.send_data(sent, !busy.goes_on).unwrap();
        let start = Instant::now();
        while server.metrics()[IN_FLIGHT] == 0.0 {
            assert!(start.elapsed() < Duration::from_secs(30), "nothing is done");
        }
        for refused in slow() {
            if refused.goes_on {
                continue;
            }
            let status = caller.ask(&refused, "60S").await;
            assert_eq!(status.code(), Code::ResourceExhausted, "{status:?}");
            assert_eq!(reason(&status), "TOO_MANY_LARGE_CALLS");
            let wait = status.get_details_retry_info().unwrap().retry_delay;
            assert_eq!(wait, Some(Duration::from_millis(100)));
            let pushback = status.metadata().get("grpc-retry-pushback-ms").unwrap();
            assert_eq!(pushback, "101");
        }
        let one = Asked {
            method: SCORE,
            message: score_one(customer("1")).encode_to_vec(),
            goes_on: false,
        };
        assert_eq!(caller.ask(&one, "60S").await.code(), Code::Ok);
        assert_eq!(server.metrics()[IN_FLIGHT], 1.0);
        begun.body.send_reset(h2::Reason::CANCEL);
        server.rests().await;
        let metrics = server.metrics();
        assert_eq!(metrics[IN_FLIGHT], 0.0);
        assert_eq!(metrics["holdfast_large_calls_queued"], 0.0);
    }
    assert_eq!(server.metrics()["holdfast_large_calls_shed_total"], 6.0);
}
