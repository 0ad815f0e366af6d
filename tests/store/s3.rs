//! An S3 server as a process of its own: moto's.

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use crate::process;

/// One request at a time: moto looks at a condition and writes in two steps.
const PROGRAM: &str = "
import sys
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import run_simple
app = DomainDispatcherApplication(create_backend_app)
run_simple('127.0.0.1', int(sys.argv[1]), app, threaded=False)
";
const BUCKET: &str = "a-bucket";
const PREFIX: &str = "some/models";
pub(crate) const MODEL: &str = "telco-churn";
/// Starting Python takes its time.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Store {
    address: SocketAddr,
    child: Child,
}

impl Store {
    /// Starts a server with one empty bucket.
    pub(crate) fn start() -> Self {
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = free.local_addr().unwrap();
        drop(free);
        Self {
            address,
            child: run(address),
        }
    }

    /// The server with what it held, after some time without it.
    pub(crate) fn without(&mut self, meanwhile: impl FnOnce(&Self)) {
        let objects: Vec<_> = self
            .keys()
            .into_iter()
            .map(|key| (self.get(&key), key))
            .collect();
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        meanwhile(self);
        self.child = run(self.address);
        for (bytes, key) in objects {
            self.put(&key, &bytes.unwrap());
        }
    }

    /// Answers nothing for some time, and keeps every connection open.
    pub(crate) fn hanging<T>(&self, meanwhile: impl FnOnce() -> T) -> T {
        self.signal("-STOP");
        let result = meanwhile();
        self.signal("-CONT");
        result
    }

    pub(crate) fn signal(&self, signal: &str) {
        let command = format!("kill {signal} {}", self.child.id());
        let sent = Command::new("sh").args(["-c", &command]).status();
        assert!(sent.unwrap().success());
    }

    pub(crate) fn url() -> String {
        format!("s3://{BUCKET}/{PREFIX}")
    }

    /// `holdfast-server` on this store; not started yet.
    pub(crate) fn server(&self, arguments: &[&str]) -> Command {
        let mut server = process::command(arguments);
        if !arguments.contains(&"--models") {
            server.args(["--models", &Self::url()]);
        }
        server.args(["--listen", "127.0.0.1:0", "--log-format", "json"]);
        self.surround(&mut server);
        server
    }

    /// `holdfast-train` with access to this store.
    pub(crate) fn trainer(&self, arguments: &[&str]) -> Output {
        let mut trainer = Command::new(env!("CARGO_BIN_EXE_holdfast-train"));
        trainer.args(arguments).env_clear();
        self.surround(&mut trainer);
        trainer.output().unwrap()
    }

    fn surround(&self, command: &mut Command) {
        command
            .env("AWS_ENDPOINT_URL", format!("http://{}", self.address))
            .env("AWS_ACCESS_KEY_ID", "somebody")
            .env("AWS_SECRET_ACCESS_KEY", "sesame")
            .env("AWS_REGION", "eu-central-1");
    }

    /// Pushes a shipped version; the number that it got.
    pub(crate) fn push(&self, version: u32) -> u32 {
        let model = format!("{}@{version}", shipped().join(MODEL).display());
        let done = self.trainer(&["push", "--model", &model, "--to", &Self::url(), "--json"]);
        assert!(done.status.success(), "{done:?}");
        let answer: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
        u32::try_from(answer["version"].as_u64().unwrap()).unwrap()
    }

    /// Puts what may be wrong.
    pub(crate) fn put(&self, key: &str, bytes: &[u8]) {
        let (status, _) = request(self.address, "PUT", &path(key), bytes).unwrap();
        assert_eq!(status, 200, "{key}");
    }

    pub(crate) fn get(&self, key: &str) -> Option<Vec<u8>> {
        let (status, body) = request(self.address, "GET", &path(key), b"").unwrap();
        (status == 200).then_some(body)
    }

    pub(crate) fn delete(&self, key: &str) {
        let (status, _) = request(self.address, "DELETE", &path(key), b"").unwrap();
        assert_eq!(status, 204, "{key}");
    }

    /// The objects below the prefix, by name.
    pub(crate) fn keys(&self) -> Vec<String> {
        let list = format!("/{BUCKET}?list-type=2");
        let (_, listed) = request(self.address, "GET", &list, b"").unwrap();
        let listed = String::from_utf8(listed).unwrap();
        let below = format!("{PREFIX}/");
        let keys = listed.split("<Key>").skip(1);
        let keys = keys.map(|rest| rest.split_once("</Key>").unwrap().0);
        keys.map(|key| key.strip_prefix(&below).unwrap().to_owned())
            .collect()
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The models of this repository.
pub(crate) fn shipped() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("models")
}

fn path(key: &str) -> String {
    format!("/{BUCKET}/{PREFIX}/{key}")
}

fn run(address: SocketAddr) -> Child {
    let mut child = Command::new("python3")
        .args(["-c", PROGRAM, &address.port().to_string()])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let begin = Instant::now();
    let bucket = format!("/{BUCKET}");
    while request(address, "PUT", &bucket, b"").is_err() {
        let ended = child.try_wait().unwrap();
        assert!(ended.is_none(), "needs `pip install 'moto[s3,server]'`");
        assert!(begin.elapsed() < PATIENCE, "moto does not listen");
        sleep(Duration::from_millis(50));
    }
    child
}

/// Whoever says who they are is believed.
const AUTHORIZATION: &str = "AWS4-HMAC-SHA256 Credential=somebody/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0";

/// Status and body of one HTTP request.
fn request(
    address: SocketAddr,
    method: &str,
    path: &str,
    body: &[u8],
) -> std::io::Result<(u16, Vec<u8>)> {
    let mut stream = TcpStream::connect(address)?;
    let length = body.len();
    write!(
        stream,
        "{method} {path} HTTP/1.0\r\nHost: {address}\r\nContent-Length: {length}\r\nAuthorization: {AUTHORIZATION}\r\n\r\n"
    )?;
    stream.write_all(body)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n");
    let end = end.ok_or(std::io::ErrorKind::UnexpectedEof)?;
    let head = String::from_utf8_lossy(&answer[..end]).into_owned();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Ok((status, answer.split_off(end + 4)))
}
