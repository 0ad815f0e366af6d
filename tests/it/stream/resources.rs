//! What streams hold: memory, work, the end of the server.

use super::*;

/// Customers that take the value model long.
fn buyers(sequence: u64, count: usize) -> StreamScoresRequest {
    let mut buyers = vec![summary(20.0, 213.0, 272.0); count];
    for (row, buyer) in buyers.iter_mut().enumerate() {
        buyer.id = row.to_string();
    }
    StreamScoresRequest {
        settings: Some(StreamSettings {
            value_model: Some(selector("cdnow")),
            ..StreamSettings::default()
        }),
        ..columns(sequence, &buyers)
    }
}

/// An idle stream, and one in the middle of a message, end when the server is
/// told to stop; what was sent is answered.
#[tokio::test(flavor = "multi_thread")]
async fn open_streams_do_not_hold_the_drain() {
    let server = Process::start(value_models(), &[]);
    let mut client = server.client().await;
    let mut idle = Open::on(&mut client).await;
    let mut silent = Open::on(&mut client).await;
    let mut busy = Open::on(&mut client).await;
    idle.ask(first(rows(1, vec![customer("a")]))).await.unwrap();
    let before = server.ticks();
    busy.send(buyers(2, 10_000)).await;
    server.is_working(before).await;
    server.signal("-TERM");
    assert_eq!(busy.answer().await.unwrap().sequence, 2);
    let begin = Instant::now();
    for stream in [&mut busy, &mut idle, &mut silent] {
        let status = stream.answer().await.unwrap_err();
        assert_eq!(status.code(), Code::Unavailable, "{status:?}");
        let reason = status.get_details_error_info().unwrap().reason;
        assert_eq!(reason, "SERVER_DRAINING");
    }
    drop((idle, silent, busy, client));
    let (code, log) = server.wait();
    assert_eq!(code, Some(0), "{log}");
    assert!(log.contains("\"drained\""), "{log}");
    assert!(begin.elapsed() < Duration::from_secs(10), "{log}");
}

fn many_columns(sequence: u64, rows: usize) -> StreamScoresRequest {
    let mut customers = telco_customers();
    customers.truncate(1000);
    let mut all = Vec::with_capacity(rows);
    while all.len() < rows {
        all.extend(customers.iter().take(rows - all.len()).cloned());
    }
    for (row, customer) in all.iter_mut().enumerate() {
        customer.id = format!("c-{row}");
    }
    columns(sequence, &all)
}

/// A million rows; and a caller that sends without reading is made to wait.
#[tokio::test(flavor = "multi_thread")]
async fn memory_is_bounded_whatever_the_length() {
    const ROWS: usize = 10_000;
    let server = Process::start(telco_models(), &[]);
    let mut client = server.client().await.max_decoding_message_size(usize::MAX);
    let message = many_columns(0, ROWS);
    let mut stream = Open::on(&mut client).await;
    stream.ask(first(message.clone())).await.unwrap();
    let before = server.memory("VmRSS");

    let messages = stream.messages.clone();
    let to_send = message.clone();
    let sending = tokio::spawn(async move {
        for sequence in 1..=100 {
            let message = StreamScoresRequest {
                sequence,
                ..to_send.clone()
            };
            messages.send(message).await.unwrap();
        }
    });
    for sequence in 1..=100 {
        let answer = stream.answer().await.unwrap();
        assert_eq!(answer.sequence, sequence);
        let Some(Answer::Columns(scored)) = answer.result else {
            panic!("{answer:?}");
        };
        assert_eq!((scored.rows as usize, scored.errors.len()), (ROWS, 0));
    }
    sending.await.unwrap();
    let grown = server.memory("VmHWM") - before;
    assert!(grown < 64 << 10, "{grown} KiB");

    let mut unread = 0;
    let patience = Duration::from_secs(2);
    while timeout(patience, stream.messages.send(message.clone()))
        .await
        .is_ok()
    {
        unread += 1;
        assert!(unread < 100, "nobody waits");
    }
    let grown = server.memory("VmHWM") - before;
    assert!(grown < 64 << 10, "{grown} KiB");
}

/// Who goes away takes the work along, in the middle of a message.
#[tokio::test(flavor = "multi_thread")]
async fn a_caller_that_goes_away_ends_the_work() {
    let server = Process::start(value_models(), &[]);
    let mut client = server.client().await;
    let stream = Open::on(&mut client).await;
    let idle = server.ticks();
    stream.send(buyers(1, 100_000)).await;
    server.is_working(idle).await;
    drop(stream);
    server.rests().await;
}
