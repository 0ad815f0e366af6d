//! A server under abuse, beside honest callers, and what must hold meanwhile and
//! afterwards.

use std::{
    env,
    fmt::Display,
    fs,
    io::{self, Write},
    net::SocketAddr,
    path::Path,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use tokio::{
    sync::{Mutex, watch},
    task::spawn_blocking,
    time::sleep,
};

use super::{
    duration, honest,
    process::{Killed, Process, command},
};

/// Trials take turns: each is to have the machine for itself.
pub(crate) static ALONE: Mutex<()> = Mutex::const_new(());

/// What abuse may cost, in KiB: in all, and for each connection that is open, where that
/// is more.
const MEMORY: u64 = 64 << 10;
const CONNECTION_MEMORY: u64 = 16;
/// How long its connections may be open after it.
const RECOVERY: Duration = Duration::from_secs(10);
/// How long honest callers go on after it.
const AFTERWARDS: Duration = Duration::from_millis(500);

/// A server whose log is read by somebody: it would wait for its reader otherwise.
pub(crate) struct Victim {
    pub(crate) process: Killed,
    pub(crate) address: SocketAddr,
}

impl Victim {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("models");
        let mut server = match env::var_os("HOLDFAST_SERVER") {
            None => command(arguments),
            Some(binary) => {
                let mut server = Command::new(binary);
                server.args(arguments).stderr(Stdio::piped());
                server
            }
        };
        server.arg("--models").arg(models);
        server.args(["--listen", "127.0.0.1:0", "--log-format", "json"]);
        let Process {
            child,
            mut log,
            address,
            ..
        } = Process::spawn(server);
        thread::spawn(move || io::copy(&mut log, &mut io::sink()));
        Self {
            process: child,
            address,
        }
    }

    /// How many files and connections are open.
    fn descriptors(&self) -> usize {
        let path = format!("/proc/{}/fd", self.process.0.id());
        fs::read_dir(path).unwrap().count()
    }

    /// Waits until no more than these are open; how long that took.
    async fn recovers(&self, descriptors: usize) -> Duration {
        let begin = Instant::now();
        while self.descriptors() > descriptors {
            let open = self.descriptors();
            assert!(
                begin.elapsed() < RECOVERY,
                "{open} open, {descriptors} before"
            );
            sleep(Duration::from_millis(20)).await;
        }
        begin.elapsed()
    }
}

/// Lets honest callers be served in peace, then beside `abuse`, which ends at the
/// time that it is given and tells what it did.
pub(crate) async fn trial<T: Display + Send + 'static>(
    name: &str,
    abuse: impl FnOnce(SocketAddr, Instant) -> T + Send + 'static,
) {
    trial_of(name, 0, abuse).await;
}

/// The same with abuse that keeps so many connections open.
pub(crate) async fn trial_of<T: Display + Send + 'static>(
    name: &str,
    connections: u64,
    abuse: impl FnOnce(SocketAddr, Instant) -> T + Send + 'static,
) {
    let _alone = ALONE.lock().await;
    let victim = Victim::start(&[]);
    let address = victim.address;
    let example = honest::example(address).await;
    let mut peace = honest::call_for(duration(), address, &example).await;
    assert_eq!(peace.errors, [""; 0], "before any abuse");
    let memory = victim.process.memory("VmRSS");
    let descriptors = victim.descriptors();

    let (stop, stopped) = watch::channel(false);
    let until = Instant::now() + duration();
    let abuse = spawn_blocking(move || {
        let done = abuse(address, until);
        stop.send_replace(true);
        done
    });
    let mut seen = honest::call(address, &example, stopped).await;
    let done = abuse.await.unwrap();

    let recovery = victim.recovers(descriptors).await;
    let after = honest::call_for(AFTERWARDS, address, &example).await;
    let grown = victim.process.memory("VmHWM").saturating_sub(memory);
    let times = (peace.percentile(99), seen.percentile(99));
    // Past the test harness, which keeps to itself what tests print that pass.
    let told = writeln!(
        io::stderr(),
        "{name}: {done}; honest: {} calls, {} told to come back, {} errors, p99 {:.1} ms ({:.1} in peace); \
         memory +{:.1} MiB; connections gone after {recovery:.1?}",
        seen.calls(),
        seen.refused,
        seen.errors.len(),
        times.1,
        times.0,
        grown as f64 / 1024.0,
    );
    told.unwrap();
    for errors in [&seen.errors, &after.errors] {
        assert_eq!(errors.first(), None, "{name}: {} errors", errors.len());
    }
    let limit = MEMORY.max(connections * CONNECTION_MEMORY);
    assert!(grown <= limit, "{name}: memory grew by {grown} KiB");
}
