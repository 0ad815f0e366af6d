//! `holdfast-server` as a process of its own.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use holdfast::grpc::proto::scoring_service_client::ScoringServiceClient;
use serde_json::Value;
use tonic::transport::Channel;

pub(crate) struct Process {
    pub(crate) child: Killed,
    pub(crate) log: BufReader<std::process::ChildStderr>,
    pub(crate) address: SocketAddr,
    /// Of operators, with `--admin-listen`.
    pub(crate) admin: Option<SocketAddr>,
}

/// Does not outlive its test.
pub(crate) struct Killed(pub(crate) Child);

impl Process {
    /// Starts a server on a free port and waits until it listens.
    pub(crate) fn start(models: &Path, arguments: &[&str]) -> Self {
        let mut server = command(arguments);
        server.arg("--models").arg(models);
        server.args(["--listen", "127.0.0.1:0", "--log-format", "json"]);
        Self::spawn(server)
    }

    /// Starts one that logs JSON, and waits until it listens.
    pub(crate) fn spawn(mut server: Command) -> Self {
        let mut child = server.spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let mut admin = None;
        let address = loop {
            let event = next_event(&mut log);
            let address = || event["address"].as_str().unwrap().parse().unwrap();
            if event["message"] == "admin port" {
                admin = Some(address());
            }
            if event["message"] == "listening" {
                break address();
            }
        };
        Self {
            child: Killed(child),
            log,
            address,
            admin,
        }
    }

    pub(crate) fn signal(&self, signal: &str) {
        self.child.signal(signal);
    }

    /// Waits for the end; the exit code, and the rest of the log.
    pub(crate) fn wait(mut self) -> (Option<i32>, String) {
        let status = self.child.0.wait().unwrap();
        let mut log = String::new();
        self.log.read_to_string(&mut log).unwrap();
        (status.code(), log)
    }

    pub(crate) async fn channel(&self) -> Channel {
        let endpoint = Channel::from_shared(format!("http://{}", self.address));
        endpoint.unwrap().connect().await.unwrap()
    }

    /// Asks the port of operators: the status line's code, and the body.
    pub(crate) fn ask(&self, method: &str, path: &str) -> (u16, String) {
        ask(self.admin.unwrap(), method, path)
    }

    /// The samples of `/metrics`, such as `holdfast_rows_total{outcome="scored"}`.
    pub(crate) fn metrics(&self) -> BTreeMap<String, f64> {
        let (code, text) = self.ask("GET", "/metrics");
        assert_eq!(code, 200);
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let samples = lines.map(|line| {
            let (name, value) = line.rsplit_once(' ').unwrap();
            (name.to_owned(), value.parse().unwrap())
        });
        samples.collect()
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.0.id()
    }

    /// A field of `/proc/<id>/status`, in KiB.
    #[cfg(target_os = "linux")]
    pub(crate) fn memory(&self, field: &str) -> u64 {
        self.child.memory(field)
    }

    /// CPU time in ticks of 10 ms.
    #[cfg(target_os = "linux")]
    pub(crate) fn ticks(&self) -> u64 {
        let path = format!("/proc/{}/stat", self.id());
        let stat = std::fs::read_to_string(path).unwrap();
        let (_, fields) = stat.rsplit_once(')').unwrap();
        let times = fields.split_whitespace().skip(11).take(2);
        times.map(|ticks| ticks.parse::<u64>().unwrap()).sum()
    }

    /// Waits until the server works on what was sent last, which has to take it some
    /// ticks more.
    #[cfg(target_os = "linux")]
    pub(crate) async fn is_working(&self, ticks_before: u64) {
        let begin = Instant::now();
        while self.ticks() < ticks_before + 3 {
            let waited = begin.elapsed();
            assert!(waited < Duration::from_secs(30), "nothing is scored");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Checks that the server has nothing left to do.
    #[cfg(target_os = "linux")]
    pub(crate) async fn rests(&self) {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let gone = self.ticks();
        tokio::time::sleep(Duration::from_millis(500)).await;
        let still = self.ticks() - gone;
        assert!(still < 5, "{still} ticks in half a second");
    }

    pub(crate) async fn client(&self) -> ScoringServiceClient<Channel> {
        ScoringServiceClient::new(self.channel().await)
    }
}

/// Asks a port of operators: the status line's code, and the body.
pub(crate) fn ask(admin: SocketAddr, method: &str, path: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(admin).unwrap();
    let request = format!("{method} {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(!head.contains("chunked"), "{head}");
    let code = head.split(' ').nth(1).unwrap();
    (code.parse().unwrap(), body.to_owned())
}

impl Killed {
    pub(crate) fn signal(&self, signal: &str) {
        // The shell's own `kill`: not every system has the program.
        let command = format!("kill {signal} {}", self.0.id());
        let sent = Command::new("sh").args(["-c", &command]).status();
        assert!(sent.unwrap().success());
    }

    #[cfg(target_os = "linux")]
    /// A field of `/proc/<id>/status`, in KiB.
    pub(crate) fn memory(&self, field: &str) -> u64 {
        let path = format!("/proc/{}/status", self.0.id());
        let status = std::fs::read_to_string(path).unwrap();
        let line = status.lines().find(|line| line.starts_with(field)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }
}

impl Drop for Killed {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_holdfast-server"));
    command
        .args(arguments)
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    command
}

pub(crate) fn next_event(log: &mut impl BufRead) -> Value {
    let mut line = String::new();
    assert!(log.read_line(&mut line).unwrap() > 0, "the log ended");
    serde_json::from_str(&line).unwrap()
}
