//! A store that is gone, hangs, or was never there.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn serving_goes_on_without_the_store() {
    let mut store = Store::start();
    store.push(1);
    let server = Process::spawn(store.server(&POLL));
    let client = Client::of(&server).await;
    let before = client.score().await;
    let runtime = tokio::runtime::Handle::current();
    tokio::task::block_in_place(|| {
        store.without(|_| {
            runtime.block_on(async {
                sleep(Duration::from_secs(4)).await;
                assert_eq!(client.score().await, before);
                let status = client.set("champion", None, 1).await.unwrap_err();
                assert_eq!(status.code(), Code::Unavailable);
                assert_eq!(reason(&status), "STORE_UNAVAILABLE");
            });
        });
    });
    assert_eq!(store.push(2), 2);
    client.until_served(2).await;
    client.set("champion", None, 1).await.unwrap();
    assert_eq!(client.score().await, before);
    let log = log_of(server);
    assert_eq!(lines(&log, "models cannot be listed").len(), 1, "{log}");
    assert_eq!(lines(&log, "models can be listed again").len(), 1, "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_hangs_holds_nobody_up() {
    let store = Store::start();
    store.push(1);
    let server = Process::spawn(store.server(&POLL));
    let client = Client::of(&server).await;
    let before = client.score().await;
    let runtime = tokio::runtime::Handle::current();
    tokio::task::block_in_place(|| {
        store.hanging(|| {
            runtime.block_on(async {
                // Longer than a request to the store may take.
                let begin = Instant::now();
                while begin.elapsed() < Duration::from_secs(14) {
                    let asked = Instant::now();
                    assert_eq!(client.score().await, before);
                    assert!(asked.elapsed() < Duration::from_secs(5));
                    sleep(Duration::from_millis(500)).await;
                }
                // One that starts now gives up.
                let begin = Instant::now();
                let mut starting = store.server(&[]).spawn().unwrap();
                let code = starting.wait().unwrap().code();
                assert_eq!(code, Some(1));
                assert!(begin.elapsed() < Duration::from_secs(30));
            });
        });
    });
    store.push(2);
    client.until_served(2).await;
    let log = log_of(server);
    assert_eq!(lines(&log, "models cannot be listed").len(), 1, "{log}");
}

#[test]
fn a_start_without_a_store_says_what_is_missing() {
    let said = |mut server: std::process::Command| {
        let done = server.output().unwrap();
        assert!(matches!(done.status.code(), Some(1 | 2)), "{done:?}");
        String::from_utf8(done.stderr).unwrap()
    };
    let store = Store::start();
    let error = said(store.server(&["--models", "s3://another-bucket"]));
    assert!(error.contains("no such bucket"), "{error}");
    let error = said(store.server(&["--models", "gs://a-bucket"]));
    assert!(error.contains("s3://BUCKET"), "{error}");
    // Nobody listens.
    let error = said(store.server(&["--models-endpoint", "http://127.0.0.1:1"]));
    assert!(error.contains("cannot be reached"), "{error}");
    assert!(error.contains("s3://a-bucket/some/models"), "{error}");
    assert!(!error.contains("sesame"), "{error}");

    // Whoever listens speaks something else.
    for nonsense in [
        "",
        "SSH-2.0\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let _ = stream.read(&mut [0; 4096]);
                let _ = stream.write_all(nonsense.as_bytes());
            }
        });
        let error = said(store.server(&["--models-endpoint", &endpoint]));
        assert!(error.contains("object store"), "{nonsense:?}: {error}");
    }
}
