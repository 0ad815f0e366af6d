//! The trainer's binary, run on data and models of its own, under strace where
//! something is to go wrong.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs, io,
    os::unix::process::ExitStatusExt,
    path::PathBuf,
    process::{Command, ExitStatus, Output, Stdio},
    thread,
    time::Duration,
};

use holdfast::artifact::{
    self, Identity, LoadError, ModelName, SignaturePolicy, SigningKey, Trust, TrustedKey,
    TrustedKeys,
};
use tempfile::TempDir;

const TRAINER: &str = env!("CARGO_BIN_EXE_holdfast-train");
/// Trains, publishes and signs at once; all paths are below a [`Trainer`]'s directory.
const PUBLISH: [&str; 25] = [
    "churn",
    "--data",
    "data.csv",
    "--target",
    "churned",
    "--positive",
    "yes",
    "--id",
    "id",
    "--folds",
    "0",
    "--shapes",
    "lines",
    "--ridge-penalty",
    "1",
    "--bootstrap",
    "0",
    "--calibration",
    "none",
    "--name",
    "crash",
    "--models",
    "models",
    "--sign-key",
    KEY,
];
/// Signs the newest version.
const SIGN: [&str; 5] = ["sign", "--model", "models/crash", "--key", OTHER_KEY];
/// Signs what is published.
const KEY: &str = "publish.key";
/// Signs it again.
const OTHER_KEY: &str = "sign.key";
const SIGKILL: i32 = 9;

/// What a run finds.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Start {
    /// Not even the directory of models.
    Nothing,
    /// A version, and what a publisher left behind that was killed.
    VersionAndLeftovers,
    /// A version that another key is to sign, and what a signer left behind.
    Signing,
}

/// How a run ended.
pub(crate) enum Ended {
    Well,
    Badly,
    Killed,
}

impl From<ExitStatus> for Ended {
    fn from(status: ExitStatus) -> Self {
        match (status.success(), status.signal()) {
            (true, _) => Self::Well,
            (false, Some(SIGKILL)) => Self::Killed,
            (false, _) => Self::Badly,
        }
    }
}

/// A run under strace.
pub(crate) struct Run {
    pub(crate) ended: Ended,
    /// Whether it came to the call that was to be tampered with.
    pub(crate) injected: bool,
}

/// The trainer in a directory of its own, with data and models.
pub(crate) struct Trainer {
    directory: TempDir,
    command: &'static [&'static str],
}

impl Trainer {
    pub(crate) fn new(start: Start) -> Self {
        let trainer = Self {
            directory: TempDir::new().unwrap(),
            command: match start {
                Start::Nothing | Start::VersionAndLeftovers => &PUBLISH,
                Start::Signing => &SIGN,
            },
        };
        for key in [KEY, OTHER_KEY] {
            SigningKey::create(&trainer.path(key)).unwrap();
        }
        fs::write(trainer.path("data.csv"), data()).unwrap();
        match start {
            Start::Nothing => {}
            Start::VersionAndLeftovers => {
                trainer.run(&PUBLISH);
                let staging = trainer.path("models/crash/.staging");
                fs::create_dir(&staging).unwrap();
                fs::write(staging.join("model.json"), "{").unwrap();
            }
            Start::Signing => {
                trainer.run(&PUBLISH);
                let left = trainer.path("models/crash/.signatures.json.new");
                fs::write(left, "{").unwrap();
            }
        }
        trainer
    }

    /// Does what it is for, undisturbed.
    pub(crate) fn run_undisturbed(&self) {
        self.run(self.command);
    }

    fn run(&self, arguments: &[&str]) {
        let output = Command::new(TRAINER)
            .args(arguments)
            .current_dir(self.directory.path())
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
    }

    /// Begins to train and publish, and kills it after so long, unless it has ended.
    pub(crate) fn killed_after(&self, time: Duration) {
        let mut run = Command::new(TRAINER)
            .args(self.command)
            .current_dir(self.directory.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        thread::sleep(time);
        run.kill().unwrap();
        run.wait().unwrap();
    }

    pub(crate) fn models(&self) -> PathBuf {
        self.path("models")
    }

    /// The names of all system calls that a run makes.
    pub(crate) fn calls(&self) -> BTreeSet<String> {
        let (output, trace) = self.strace(&[]);
        assert!(
            output.status.success(),
            "strace cannot trace here: {output:?}"
        );
        // A line is `1234 close(3) = 0` or `1234 +++ exited with 0 +++`.
        trace
            .lines()
            .filter_map(|line| line.split_once(' ')?.1.trim_start().split_once('('))
            // What a thread resumes is told a second time, as `<... read resumed>`.
            .filter(|(call, _)| call.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'))
            .map(|(call, _)| call.to_owned())
            .collect()
    }

    /// Does what it is for while strace tampers with `call`.
    pub(crate) fn run_injected(&self, call: &str, injection: &str) -> Run {
        let (output, trace) =
            self.strace(&[&format!("--trace={call}"), &format!("--inject={injection}")]);
        let ended = Ended::from(output.status);
        Run {
            injected: matches!(ended, Ended::Killed) || trace.contains("(INJECTED)"),
            ended,
        }
    }

    /// Every version that is listed; an error when one does not load, or is not
    /// signed by whoever published it.
    pub(crate) fn loaded(&self) -> Result<Vec<Identity>, LoadError> {
        self.loaded_by(KEY)
    }

    /// The same for whoever signs afterwards.
    pub(crate) fn loaded_by_signer(&self) -> Result<Vec<Identity>, LoadError> {
        self.loaded_by(OTHER_KEY)
    }

    fn loaded_by(&self, key: &str) -> Result<Vec<Identity>, LoadError> {
        let key = TrustedKey {
            name: key.to_owned(),
            key: SigningKey::read(&self.path(key)).unwrap().public(),
            models: None,
        };
        let keys = TrustedKeys::new([key], BTreeMap::new());
        let trust = Trust::new(SignaturePolicy::Require, keys);
        let models = self.path("models");
        let name: ModelName = "crash".parse().unwrap();
        let versions = match artifact::versions(&models, &name) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            versions => versions.unwrap(),
        };
        versions
            .into_iter()
            .map(|version| {
                Ok(artifact::load_trusted(&models, &name, version, &trust)?
                    .artifact
                    .identity)
            })
            .collect()
    }

    fn path(&self, below: &str) -> PathBuf {
        self.directory.path().join(below)
    }

    fn strace(&self, options: &[&str]) -> (Output, String) {
        let mut strace = Command::new("strace");
        strace.args(["--follow-forks", "--output=trace"]);
        strace.args(options).arg(TRAINER).args(self.command);
        let output = strace
            .current_dir(self.directory.path())
            .output()
            .expect("this test needs strace; on Debian: apt-get install strace");
        (output, fs::read_to_string(self.path("trace")).unwrap())
    }
}

/// 200 customers. Those with a short tenure leave more often; the rest is as
/// good as chance.
fn data() -> String {
    let mut csv = "id,tenure,plan,churned\n".to_owned();
    for row in 0..200 {
        let tenure = row * 37 % 60;
        let plan = ["basic", "plus", "max"][row % 3];
        let limit = if tenure < 30 { 60 } else { 30 };
        let churned = if row * 7919 % 101 < limit {
            "yes"
        } else {
            "no"
        };
        writeln!(csv, "c{row},{tenure},{plan},{churned}").unwrap();
    }
    csv
}
