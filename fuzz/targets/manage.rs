//! Moves of aliases, rollbacks and reloads, one after the other: each a byte that says
//! which, a byte of its length, and its message.

#![no_main]

use std::{fs, path::Path, sync::LazyLock};

use holdfast_fuzz::{SHIPPED, Scratch, Server, copy};
use libfuzzer_sys::fuzz_target;

static STARTED: LazyLock<(Scratch, Server)> = LazyLock::new(|| {
    let models = Scratch::new();
    copy(Path::new(SHIPPED), models.path());
    let server = Server::start(models.path());
    (models, server)
});

fuzz_target!(|input: &[u8]| {
    let (models, server) = &*STARTED;
    for model in ["telco-churn", "cdnow-value"] {
        for file in ["aliases.json", "audit.ndjson"] {
            // It is not there after an input that moved nothing.
            let _ = fs::remove_file(models.path().join(model).join(file));
        }
    }
    let mut rest = input;
    for _ in 0..8 {
        let [method, length, after @ ..] = rest else {
            return;
        };
        let (message, after) = after.split_at(after.len().min(usize::from(*length)));
        rest = after;
        let method = match method % 4 {
            0 => "ModelService/SetAlias",
            1 => "ModelService/RollbackModel",
            2 => "ModelService/ReloadModels",
            _ => "ModelService/GetModel",
        };
        server.call(method, message);
    }
});
