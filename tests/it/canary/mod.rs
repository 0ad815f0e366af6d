//! Words that only one customer could have said, sent through every path on which
//! a call can fail: none of them is in the log, with its details, in the metrics, in
//! what a collector is sent, or in what callers are told beyond names and the row's own id.
//!
//! Who changes what is served is in the audit log, with names and reasons, on
//! purpose; such changes are not sent here.

mod calls;
mod requests;

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    thread::{self, JoinHandle},
    time::Duration,
};

use tonic::{Code, transport::Channel};

use crate::support::{
    collector::Collector,
    process::{Killed, Process, ask},
    value_models,
};
use calls::{Call, Ended};

/// In everything that is personal.
const CANARY: &str = "canary7f3a";
/// In what no answer may repeat: values, products, credentials, headers.
const SECRET: &str = "canary7f3a-secret";
/// A number that nobody else sends.
const AMOUNT: f64 = 73_614.062_5;
const AMOUNT_DIGITS: &str = "73614.06";

/// A server whose log is gathered while it runs.
struct Watched {
    process: Killed,
    address: SocketAddr,
    admin: SocketAddr,
    log: JoinHandle<String>,
    /// Is sent every call's trace.
    collector: Collector,
}

impl Watched {
    async fn start(arguments: &[&str]) -> Self {
        let collector = Collector::start().await;
        let url = collector.url();
        let sends = ["--otlp-endpoint", &url, "--trace-ratio", "1"];
        let often = ["--otlp-metrics-seconds", "0.2"];
        let admin = ["--admin-listen", "127.0.0.1:0"];
        let arguments = [arguments, &sends, &often, &admin].concat();
        let process = Process::start(value_models(), &arguments);
        let Process {
            child,
            mut log,
            address,
            admin,
        } = process;
        let log = thread::spawn(move || {
            let mut text = String::new();
            log.read_to_string(&mut text).unwrap();
            text
        });
        Self {
            process: child,
            address,
            admin: admin.unwrap(),
            log,
            collector,
        }
    }

    async fn channel(&self) -> Channel {
        let endpoint = Channel::from_shared(format!("http://{}", self.address));
        endpoint.unwrap().connect().await.unwrap()
    }

    /// Stops the server, and looks for what should not be there.
    fn told_nothing(mut self) {
        let (code, metrics) = ask(self.admin, "GET", "/metrics");
        assert_eq!(code, 200);
        self.process.signal("-TERM");
        let ended = self.process.0.wait().unwrap();
        let log = self.log.join().unwrap();
        assert!(ended.success(), "{log}");
        assert!(log.contains("\"DEBUG\""), "nothing is logged in detail");
        let received = self.collector.received();
        assert!(received.spans.len() > 100, "calls are not traced");
        assert!(received.metrics.len() > 10 && received.records.len() > 100);
        for word in [CANARY, AMOUNT_DIGITS] {
            let mut windows = received.bytes.windows(word.len());
            let found = windows.position(|window| window == word.as_bytes());
            assert_eq!(found, None, "{word} was sent to the collector");
        }
        for (place, text) in [("log", log), ("metrics", metrics)] {
            for word in [CANARY, AMOUNT_DIGITS] {
                let line = text.lines().find(|line| line.contains(word));
                assert_eq!(line, None, "in the {place}");
            }
        }
    }
}

/// Sends calls one by one; how often each code was the answer.
async fn send_all(channel: &Channel, calls: impl IntoIterator<Item = Call>) -> Vec<(Code, u32)> {
    let mut codes: Vec<(Code, u32)> = Vec::new();
    for call in calls {
        let Ended { code, text } = call.send(channel).await;
        for word in [SECRET, AMOUNT_DIGITS] {
            assert!(!text.contains(word), "{}: {text}", call.name);
        }
        match codes.iter_mut().find(|(seen, _)| *seen == code) {
            Some((_, count)) => *count += 1,
            None => codes.push((code, 1)),
        }
    }
    codes
}

fn ended(codes: &[(Code, u32)], code: Code) -> u32 {
    let of = codes.iter().find(|(seen, _)| *seen == code);
    of.map_or(0, |(_, count)| *count)
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_personal_is_told_on_any_path() {
    let server = Watched::start(&["--log-filter", "debug"]).await;
    let channel = server.channel().await;
    let codes = send_all(&channel, requests::all()).await;
    for code in [Code::Ok, Code::InvalidArgument, Code::NotFound] {
        assert!(ended(&codes, code) > 0, "{codes:?}");
    }
    assert_eq!(ended(&codes, Code::Internal), 0, "{codes:?}");
    assert_eq!(ended(&codes, Code::Unknown), 0, "{codes:?}");

    let (of_health, damaged): (Vec<_>, Vec<_>) = calls::damaged(&requests::all())
        .into_iter()
        .partition(|call| call.name == "health");
    // The library's own service: what it cannot decode is INTERNAL.
    send_all(&channel, of_health).await;
    let codes = send_all(&channel, damaged).await;
    assert!(ended(&codes, Code::InvalidArgument) > 100, "{codes:?}");
    assert_eq!(ended(&codes, Code::Internal), 0, "{codes:?}");

    send_all(&channel, calls::by_headers()).await;
    send_all(&channel, calls::to_nowhere()).await;
    speak_http(&server);
    ask(server.admin, "GET", &format!("/{SECRET}?{SECRET}"));
    ask(server.admin, SECRET, "/metrics");
    server.told_nothing();
}

/// Credentials that are refused, and one that is not, for what it may not do.
#[tokio::test(flavor = "multi_thread")]
async fn no_credential_is_told() {
    let directory = tempfile::TempDir::new().unwrap();
    let file = directory.path().join("access.toml");
    let digest = holdfast::artifact::Digest::of(SECRET.as_bytes());
    let text = format!(
        "[[principals]]\nname = 'reader'\nkeys = ['sha256:{digest}']\nscopes = ['read-models']\n"
    );
    std::fs::write(&file, text).unwrap();
    let file = file.to_str().unwrap();
    let server = Watched::start(&["--log-filter", "debug", "--access", file]).await;
    let channel = server.channel().await;
    let mut codes = Vec::new();
    for credential in calls::credentials() {
        let calls = requests::all().into_iter().map(|mut call| {
            call.headers.push(("authorization", credential.clone()));
            call
        });
        codes.extend(send_all(&channel, calls.step_by(3)).await);
    }
    for code in [Code::Unauthenticated, Code::PermissionDenied] {
        assert!(ended(&codes, code) > 0, "{codes:?}");
    }
    server.told_nothing();
}

/// To the port for calls, which speaks HTTP/2 only.
fn speak_http(server: &Watched) {
    for words in [
        format!("GET /{SECRET} HTTP/1.1\r\nHost: {SECRET}\r\nCookie: {SECRET}\r\n\r\n"),
        format!("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n{SECRET}{SECRET}{SECRET}"),
        SECRET.repeat(1000),
    ] {
        let mut stream = TcpStream::connect(server.address).unwrap();
        stream.write_all(words.as_bytes()).unwrap();
        let patience = Some(Duration::from_secs(1));
        stream.set_read_timeout(patience).unwrap();
        // An answer, a reset or nothing: all of them will do.
        let _ = stream.read_to_end(&mut Vec::new());
    }
}
