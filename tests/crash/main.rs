//! Kills the trainer at every one of its system calls, and lets those fail
//! that publishing is made of. Afterwards there must be either no new version
//! or a whole one with its signature, older versions must be as they were, and the
//! next publish must go through. The same for whoever signs a version: its signatures
//! are those before, or with the new one.
//!
//! A kill comes before the call takes effect, so the kills leave behind
//! everything that a dying process can leave between two calls. What a power
//! failure takes from the disk is not shown here.
//!
//! And a server whose disk fails it.
//!
//! `cargo test --test crash`; needs `strace`, and is no part of `cargo test`.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on has failed"
)]

#[path = "../it/support/process.rs"]
#[expect(dead_code, reason = "other tests have other needs")]
mod process;
mod random;
mod server;
mod trainer;

use std::io::{self, Write};

use holdfast::artifact::Identity;

use trainer::{Ended, Start, Trainer};

/// The calls that publishing is made of, as processors name them.
const FALLIBLE: [&str; 13] = [
    "close",
    "flock",
    "fsync",
    "getdents64",
    "mkdir",
    "mkdirat",
    "openat",
    "rename",
    "renameat",
    "renameat2",
    "statx",
    "unlinkat",
    "write",
];
const ERRORS: [&str; 3] = ["EIO", "ENOSPC", "EACCES"];
/// Strace counts calls no further.
const STRACE_LIMIT: usize = 1 << 16;

#[test]
fn kills_of_the_first_publish_leave_nothing_or_a_whole_version() -> io::Result<()> {
    kill_everywhere(Start::Nothing)
}

#[test]
fn kills_of_a_later_publish_leave_nothing_new_or_a_whole_version() -> io::Result<()> {
    kill_everywhere(Start::VersionAndLeftovers)
}

#[test]
fn faults_of_the_first_publish_leave_nothing_or_a_whole_version() -> io::Result<()> {
    fail_everywhere(Start::Nothing)
}

#[test]
fn faults_of_a_later_publish_leave_nothing_new_or_a_whole_version() -> io::Result<()> {
    fail_everywhere(Start::VersionAndLeftovers)
}

#[test]
fn kills_of_signing_leave_the_signatures_before_or_all() -> io::Result<()> {
    kill_everywhere(Start::Signing)
}

#[test]
fn faults_of_signing_leave_the_signatures_before_or_all() -> io::Result<()> {
    fail_everywhere(Start::Signing)
}

fn kill_everywhere(start: Start) -> io::Result<()> {
    let calls = Trainer::new(start).calls();
    assert!(calls.iter().any(|call| call.starts_with("rename")));
    let mut kills = 0;
    for call in &calls {
        kills += inject_everywhere(start, call, "signal=SIGKILL");
    }
    assert!(kills > calls.len(), "strace does not kill: {kills} kills");
    report(start, &format!("{kills} kills at {} calls", calls.len()))
}

fn fail_everywhere(start: Start) -> io::Result<()> {
    let mut calls = Trainer::new(start).calls();
    calls.retain(|call| FALLIBLE.contains(&call.as_str()));
    let mut faults = 0;
    for call in &calls {
        for error in ERRORS {
            let injected = inject_everywhere(start, call, &format!("error={error}"));
            assert!(injected > 0, "{call} cannot be made to fail");
            faults += injected;
        }
    }
    report(start, &format!("{faults} faults of {} calls", calls.len()))
}

/// Injects `action` at the first, second, … time of `call`, each into a run of
/// its own, until a run ends before it comes to that. Returns how many there
/// were.
fn inject_everywhere(start: Start, call: &str, action: &str) -> usize {
    (1..STRACE_LIMIT)
        .map(|time| format!("{call}:{action}:when={time}"))
        .take_while(|injection| {
            let trainer = Trainer::new(start);
            match start {
                Start::Nothing | Start::VersionAndLeftovers => survives(&trainer, call, injection),
                Start::Signing => survives_signing(&trainer, call, injection),
            }
        })
        .count()
}

/// Checks all that must hold after a run with an injection. Returns whether
/// there was any.
fn survives(trainer: &Trainer, call: &str, injection: &str) -> bool {
    let loaded = || trainer.loaded().expect(injection);
    let before = loaded();
    let run = trainer.run_injected(call, injection);
    let after = loaded();
    let published = published_since(&before, &after, injection);
    match run.ended {
        Ended::Well => assert_eq!(published, 1, "{injection}: success without a version"),
        Ended::Badly | Ended::Killed => assert!(published <= 1, "{injection}: two versions"),
    }

    trainer.run_undisturbed();
    let published = published_since(&after, &loaded(), injection);
    assert_eq!(published, 1, "{injection}: the next publish failed");
    run.injected
}

/// The same of a run that signs the only version.
fn survives_signing(trainer: &Trainer, call: &str, injection: &str) -> bool {
    let before = trainer.loaded().expect(injection);
    let run = trainer.run_injected(call, injection);
    assert_eq!(trainer.loaded().expect(injection), before, "{injection}");
    if let Ended::Well = run.ended {
        assert_eq!(trainer.loaded_by_signer().expect(injection), before);
    }
    trainer.run_undisturbed();
    assert_eq!(trainer.loaded().expect(injection), before, "{injection}");
    assert_eq!(trainer.loaded_by_signer().expect(injection), before);
    run.injected
}

/// How many versions are new; the older ones must not have changed, and none
/// may be skipped.
fn published_since(before: &[Identity], after: &[Identity], injection: &str) -> usize {
    assert!(after.starts_with(before), "{injection}: a version changed");
    let numbers = after.iter().map(|identity| identity.version.get());
    assert!(numbers.eq((1..).take(after.len())), "{injection}: a gap");
    after.len() - before.len()
}

/// Tells it past the test harness, which keeps to itself what tests print that
/// pass.
fn report(start: Start, what: &str) -> io::Result<()> {
    writeln!(io::stderr(), "{start:?}: survived {what}")
}
