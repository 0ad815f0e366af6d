//! The server's configuration: lines of the command line, of the environment
//! (`HOLDFAST_…=`), then an empty line and the TOML file. Refused with every problem
//! named, or a configuration.

#![no_main]

use std::{collections::HashMap, env, sync::LazyLock};

use clap::Parser;
use holdfast::config::server::{Cli, ServerConfig};
use holdfast_fuzz::Scratch;
use libfuzzer_sys::{Corpus, fuzz_target};

/// Where relative paths lead to, and nothing is.
static SCRATCH: LazyLock<Scratch> = LazyLock::new(|| {
    let scratch = Scratch::new();
    env::set_current_dir(scratch.path()).unwrap();
    scratch
});

fuzz_target!(|input: &[u8]| -> Corpus {
    let scratch = &*SCRATCH;
    let Ok(text) = str::from_utf8(input) else {
        return Corpus::Reject;
    };
    // No path of this machine: a device could be read from for ever.
    if text.contains("/dev") || text.contains("/proc") || text.contains("/sys") {
        return Corpus::Reject;
    }
    let (lines, file) = text.split_once("\n\n").unwrap_or((text, ""));
    let mut arguments = vec!["holdfast-server"];
    let mut environment = HashMap::new();
    for line in lines.lines() {
        match line.split_once('=') {
            Some((name, value)) if name.starts_with("HOLDFAST_") => {
                environment.insert(name, value.to_owned());
            }
            _ => arguments.push(line),
        }
    }
    scratch.file("server.toml", file.as_bytes());
    environment
        .entry("HOLDFAST_CONFIG")
        .or_insert_with(|| "server.toml".to_owned());
    if let Ok(cli) = Cli::try_parse_from(arguments)
        && let Err(errors) = ServerConfig::resolve(cli, |name| environment.get(name).cloned())
    {
        assert!(!errors.to_string().is_empty());
    }
    Corpus::Keep
});
