//! Messages that are none, and those of the other methods.

use super::*;

/// A batch, and the description of a model, are refused for the same selectors.
#[tokio::test]
async fn every_method_checks_its_selector() {
    let server = Server::start(telco_models()).await;
    let choose = |name: &str, choice| ModelSelector {
        name: name.to_owned(),
        choice,
    };
    for (chosen, code) in [
        (choose("..", None), Code::InvalidArgument),
        (choose("nobody", None), Code::NotFound),
        (
            choose("telco-churn", Some(Choice::Version(9))),
            Code::NotFound,
        ),
        (
            choose("telco-churn", Some(Choice::Version(0))),
            Code::InvalidArgument,
        ),
    ] {
        let batch = ScoreCustomersRequest {
            churn_model: Some(chosen.clone()),
            ..score_batch(vec![customer("1")])
        };
        let refused = server.score_customers(batch).await.unwrap_err();
        assert_eq!(refused.code(), code, "{chosen:?}");
        let model = GetModelRequest {
            model: Some(chosen.clone()),
        };
        let refused = server.get_model(model).await.unwrap_err();
        assert_eq!(refused.code(), code, "{chosen:?}");
    }
}

/// Bytes that are not the message are the caller's fault.
#[tokio::test]
async fn malformed_messages_are_refused() {
    // Field 10 (the customer) whose field 1 (the id) is no UTF-8; a field that
    // ends early; a wire type that does not exist.
    let not_utf8: &[u8] = &[0x52, 0x03, 0x0a, 0x01, 0xff];
    for bytes in [not_utf8, &[0x52, 0x7f, 0x01], &[0xff, 0xff]] {
        let server = Server::start(telco_models()).await;
        let status = server.send_raw("ScoringService/ScoreCustomer", bytes).await;
        assert_eq!(status.code(), Code::InvalidArgument, "{status:?}");
        assert_eq!(reason(&status), "MALFORMED_REQUEST");
        let next = server.score_customer(score_one(customer("1")));
        assert!(next.await.is_ok());
    }
}

/// A request without its message, or with a part of it, is no fault of the server:
/// most often its caller has gone away.
#[tokio::test]
async fn requests_that_break_off_are_refused() {
    let server = Server::start(telco_models()).await;
    for method in ["ScoringService/ScoreCustomer", "ModelService/GetModel"] {
        for frame in [&[][..], &[0, 0], &[0, 0, 0, 0, 9, 1, 2]] {
            let status = server.send_frame(method, frame.to_vec()).await;
            assert_eq!(status.code(), Code::Cancelled, "{frame:?} {status:?}");
            assert_eq!(reason(&status), "REQUEST_BROKEN_OFF");
        }
    }
    // Of a stream: the first half of a message.
    let frame = vec![0, 0, 0, 0, 9, 1, 2];
    let status = server.send_frame("ScoringService/StreamScores", frame);
    assert_eq!(status.await.code(), Code::Cancelled);
}

/// An over-long message ends the call, not the server.
#[tokio::test]
async fn oversize_messages_are_refused() {
    let options = Options {
        max_message_bytes: 10_000,
        ..Options::default()
    };
    let server = Server::with_options(telco_models(), options).await;
    let rows = (0..100).map(|i| customer(&i.to_string())).collect();
    let status = server.score_customers(score_batch(rows)).await.unwrap_err();
    assert_eq!(status.code(), Code::ResourceExhausted, "{status:?}");
    assert_eq!(reason(&status), "MESSAGE_TOO_LARGE");
    let next = server.score_customer(score_one(customer("1")));
    assert!(next.await.is_ok());
}
