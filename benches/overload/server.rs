//! `holdfast-server` as a process, which core does what, and what is seen of it.

use std::{
    env, fs,
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    path::Path,
    process::{self, Child, Command, Stdio},
    thread,
    time::Duration,
};

use anyhow::Context;
use serde_json::Value;

const SERVER_CORE: &str = "0";
const CLIENT_CORE: &str = "1";
const MODELS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/models");

pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
    admin: SocketAddr,
}

/// Gives this process a core of its own, where that can be; says which.
pub(crate) fn pin() -> String {
    let this = process::id().to_string();
    let pinned =
        taskset(&["-c", SERVER_CORE, "true"]) && taskset(&["-p", "-c", CLIENT_CORE, &this]);
    if pinned {
        format!("server pinned to core {SERVER_CORE}, load generator to core {CLIENT_CORE}")
    } else {
        "nothing pinned: server and load generator share all cores".to_owned()
    }
}

fn taskset(arguments: &[&str]) -> bool {
    let mut command = Command::new("taskset");
    command
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

impl Server {
    pub(crate) fn start(options: &[&str]) -> anyhow::Result<Self> {
        let program = env!("CARGO_BIN_EXE_holdfast-server");
        let mut command = if taskset(&["-c", SERVER_CORE, "true"]) {
            let mut command = Command::new("taskset");
            command.args(["-c", SERVER_CORE, program]);
            command
        } else {
            Command::new(program)
        };
        command.args(["--models", MODELS, "--log-format", "json"]);
        command.args(["--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"]);
        command.args(options).stderr(Stdio::piped());
        let mut child = command.spawn().context("start the server")?;
        let mut log = BufReader::new(child.stderr.take().context("no log")?);
        let mut admin = None;
        let address = loop {
            let mut line = String::new();
            anyhow::ensure!(log.read_line(&mut line)? > 0, "the server does not start");
            let event: Value = serde_json::from_str(&line)?;
            let address = event["address"].as_str();
            match (event["message"].as_str(), address) {
                (Some("admin port"), Some(address)) => admin = Some(address.parse()?),
                (Some("listening"), Some(address)) => break address.parse()?,
                _ => {}
            }
        };
        // A log that nobody reads would block the server once its pipe is full.
        thread::spawn(move || log.read_to_end(&mut Vec::new()));
        Ok(Self {
            child,
            address,
            admin: admin.context("no port for operators")?,
        })
    }

    /// A sample of `/metrics`.
    pub(crate) fn metric(&self, name: &str) -> anyhow::Result<f64> {
        let mut stream = TcpStream::connect(self.admin)?;
        stream.write_all(b"GET /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let mut lines = answer.lines();
        let line = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        Ok(line.with_context(|| format!("no metric {name}"))?.parse()?)
    }

    /// Resident memory, in MiB.
    pub(crate) fn memory(&self) -> anyhow::Result<f64> {
        let status = fs::read_to_string(self.file("status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|line| line.split_whitespace().next());
        Ok(kib.context("no VmRSS")?.parse::<f64>()? / 1024.0)
    }

    pub(crate) fn threads(&self) -> anyhow::Result<usize> {
        Ok(fs::read_dir(self.file("task"))?.count())
    }

    pub(crate) fn descriptors(&self) -> anyhow::Result<usize> {
        Ok(fs::read_dir(self.file("fd"))?.count())
    }

    /// CPU time of all its threads so far.
    pub(crate) fn cpu(&self) -> anyhow::Result<Duration> {
        let mut nanoseconds = 0;
        for thread in fs::read_dir(self.file("task"))? {
            // A thread may have ended meanwhile.
            let Ok(times) = fs::read_to_string(thread?.path().join("schedstat")) else {
                continue;
            };
            let run = times.split_whitespace().next().context("no time")?;
            nanoseconds += run.parse::<u64>()?;
        }
        Ok(Duration::from_nanos(nanoseconds))
    }

    fn file(&self, name: &str) -> impl AsRef<Path> {
        format!("/proc/{}/{name}", self.child.id())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
