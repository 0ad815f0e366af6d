//! The server as a child process, and which core does what.

use std::{
    env, fs,
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::Path,
    process::{self, Child, Command, Stdio},
    time::Duration,
};

use anyhow::Context;

use super::server;

const SERVER_CORE: &str = "0";
const CLIENT_CORE: &str = "1";
/// The unit of CPU times under `/proc`, the kernel's `USER_HZ`.
const TICK: Duration = Duration::from_millis(10);

/// The running server.
pub(crate) struct ServerProcess {
    child: Killed,
    pinned: bool,
    /// Where the services of this crate are.
    pub(crate) scoring: SocketAddr,
    /// Where the calls are that score nothing.
    pub(crate) empty: SocketAddr,
}

impl ServerProcess {
    /// Starts the server, without options.
    pub(crate) fn start(models: &Path) -> anyhow::Result<Self> {
        Self::with_options(models, &[])
    }

    /// Starts the server. Where `taskset` can see to it, it gets a core of its
    /// own, and this thread, with those that it starts, another one.
    pub(crate) fn with_options(models: &Path, options: &[&str]) -> anyhow::Result<Self> {
        let pinned = can_pin_to(SERVER_CORE) && can_pin_to(CLIENT_CORE);
        let program = env::current_exe()?;
        let mut command = if pinned {
            let this = process::id().to_string();
            run_taskset(&["-p", "-c", CLIENT_CORE, &this]);
            let mut command = Command::new("taskset");
            command.args(["-c", SERVER_CORE]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.arg(server::ARGUMENT).arg(models).args(options);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = Killed(command.spawn().context("start the server")?);
        let mut line = String::new();
        let stdout = child.0.stdout.take().context("no standard output")?;
        BufReader::new(stdout).read_line(&mut line)?;
        let (scoring, empty) = line.trim().split_once(' ').context("no addresses")?;
        Ok(Self {
            pinned,
            scoring: scoring.parse()?,
            empty: empty.parse()?,
            child,
        })
    }

    /// Which core does what.
    pub(crate) fn placement(&self) -> String {
        if self.pinned {
            format!("server pinned to core {SERVER_CORE}, load generator to core {CLIENT_CORE}")
        } else {
            "nothing pinned: server and load generator share all cores".to_owned()
        }
    }

    /// The CPU time it has used so far, by itself and by the kernel for it;
    /// `None` where there is no `/proc`.
    pub(crate) fn cpu(&self) -> Option<Duration> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.0.id())).ok()?;
        // The second field, the name, may hold anything, but is in parentheses.
        let (_, fields) = stat.rsplit_once(')')?;
        let mut times = fields.split_whitespace().skip(11);
        let user: u32 = times.next()?.parse().ok()?;
        let system: u32 = times.next()?.parse().ok()?;
        Some(TICK * (user + system))
    }
}

/// Ends its process when dropped.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn can_pin_to(core: &str) -> bool {
    run_taskset(&["-c", core, "true"])
}

fn run_taskset(arguments: &[&str]) -> bool {
    Command::new("taskset")
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
