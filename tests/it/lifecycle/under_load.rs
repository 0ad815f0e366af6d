//! Reloads and moves while clients call: no call fails, and every answer is of
//! one version.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::time::sleep;

use super::{Client, alias, models, publish};
use crate::support::Server;

const CALLERS: usize = 4;
const CHANGES: usize = 200;

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_reloads_and_moves_fail_no_call() {
    let models = models(2);
    let server = Server::start(models.path()).await;
    let client = Client(server.channel.clone());
    let of_two = client.score(None).await.unwrap().probability;
    client.set("champion", None, Some(1)).await.unwrap();
    let of_one = client.score(None).await.unwrap().probability;
    assert_ne!(of_one, of_two);

    let done = Arc::new(AtomicBool::new(false));
    let callers: Vec<_> = (0..CALLERS)
        .map(|caller| {
            let (client, done) = (client.clone(), Arc::clone(&done));
            tokio::spawn(async move {
                let mut seen = [0_u32; 2];
                while !done.load(Ordering::Relaxed) {
                    let choice = alias("champion").filter(|_| caller % 2 == 0);
                    let score = client.score(choice).await.unwrap();
                    let odd = score.model.unwrap().version % 2;
                    let wanted = if odd == 1 { of_one } else { of_two };
                    assert_eq!(score.probability, wanted);
                    seen[odd as usize] += 1;
                    // Well below what the machine can do.
                    sleep(Duration::from_millis(20)).await;
                }
                seen
            })
        })
        .collect();

    let (mut champion, mut newest) = (1, 2);
    for change in 0..CHANGES {
        match change % 4 {
            0 => {
                if change % 20 == 0 {
                    newest = publish(models.path());
                }
                client.reload().await;
            }
            1 | 2 => {
                let to = if champion == newest {
                    newest - 1
                } else {
                    newest
                };
                client
                    .set("champion", Some(champion), Some(to))
                    .await
                    .unwrap();
                champion = to;
            }
            _ => {
                let answer = client.roll_back(Some(champion)).await.unwrap();
                champion = answer.served.unwrap().version;
            }
        }
        assert_eq!(client.served().await, champion);
    }
    done.store(true, Ordering::Relaxed);
    let mut seen = [0; 2];
    for caller in callers {
        let of_caller = caller.await.unwrap();
        seen = [seen[0] + of_caller[0], seen[1] + of_caller[1]];
    }
    assert!(seen.iter().all(|calls| *calls > 20), "{seen:?}");
}
