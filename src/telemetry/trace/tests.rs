use std::time::Duration;

use super::*;
use crate::telemetry::metrics::{Export, Exports, Signal};

const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

fn tracer(ratio: f64, most: usize) -> (Tracer, Arc<Queue<Ended>>, Arc<Exports>) {
    let exports = Arc::<Exports>::default();
    let queue = Arc::new(Queue::new(most, Signal::Traces, &exports));
    let tracer = Tracer::new(Ratio::new(ratio).unwrap(), Arc::clone(&queue));
    (tracer, queue, exports)
}

fn parent(flags: &str) -> Option<Parent> {
    Parent::read(format!("{}{flags}", &PARENT[..53]).as_bytes())
}

#[test]
fn the_callers_decision_holds_and_others_are_drawn() {
    for ratio in [0.0, 1.0] {
        let (tracer, ..) = tracer(ratio, 1);
        assert!(tracer.begin(parent("01"), || None).is_some());
        assert!(tracer.begin(parent("00"), || None).is_none());
        let drawn = (0..100).filter(|_| tracer.begin(None, || None).is_some());
        assert_eq!(drawn.count() as f64, 100.0 * ratio);
    }
    let (tracer, ..) = tracer(0.25, 1);
    let drawn = (0..10_000).filter(|_| tracer.begin(None, || None).is_some());
    assert!((2_000..3_000).contains(&drawn.count()));
    for ratio in ["-0.1", "1.1", "NaN", "all"] {
        assert_eq!(ratio.parse::<Ratio>(), Err(InvalidRatio));
    }
}

#[test]
fn a_call_is_told_with_its_notes_once_it_ends() {
    let (tracer, queue, _) = tracer(1.0, 8);
    note(|_| panic!("no call goes on here"));
    let call = tracer.begin(parent("01"), || Some("S/M".into())).unwrap();
    call.within(|| {
        note(|notes| {
            notes.rows(2, 1);
            notes.scored_by("telco-churn", 3);
            notes.scored_by("telco-churn", 3);
        });
        assert!(ids().is_some());
    });
    assert_eq!(ids(), None);
    call.end(5);
    drop(tracer.begin(None, || None));
    let [first, second] = <[Ended; 2]>::try_from(queue.take(9)).unwrap();
    assert_eq!(first.trace.to_string(), "0af7651916cd43dd8448eb211c80319c");
    assert_eq!(first.parent.unwrap().to_string(), "b7ad6b7169203331");
    assert_eq!((first.code, first.method.as_deref()), (5, Some("S/M")));
    assert_eq!(first.notes.models, ["telco-churn@3"]);
    assert_eq!((first.notes.scored, first.notes.invalid), (2, 1));
    assert!(first.finished >= first.began);
    // Dropped before its end, the caller has gone away.
    assert_eq!((second.code, second.parent), (1, None));
    assert_ne!(second.trace, first.trace);
    assert_ne!(second.span, first.span);
}

#[tokio::test(flavor = "multi_thread")]
async fn work_on_another_thread_is_of_the_same_call() {
    let (tracer, queue, _) = tracer(1.0, 8);
    let call = tracer.begin(None, || None).unwrap();
    let work = call.within(|| {
        carried(async {
            tokio::time::sleep(Duration::from_millis(1)).await;
            note(|notes| notes.rows(7, 0));
        })
    });
    tokio::spawn(work).await.unwrap();
    tokio::spawn(carried(async { note(|_| panic!("of no call")) }))
        .await
        .unwrap();
    call.end(0);
    assert_eq!(queue.take(1)[0].notes.scored, 7);
}

#[test]
fn what_finds_its_queue_full_is_dropped_and_counted() {
    let (tracer, queue, exports) = tracer(1.0, 3);
    for code in 0..5 {
        tracer.begin(None, || None).unwrap().end(code);
    }
    let kept: Vec<u32> = queue.take(9).iter().map(|ended| ended.code).collect();
    assert_eq!(kept, [0, 1, 2]);
    let Export { sent, dropped } = exports.of(Signal::Traces);
    assert_eq!((sent.get(), dropped.get()), (0, 2));
}
