//! The invariants of `ARCHITECTURE.md` that can be read off the source.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// Which rooms each room may use. Whatever is missing here is forbidden.
const MAY_USE: [(&str, &[&str]); 13] = [
    ("customer", &[]),
    ("features", &["customer"]),
    ("model", &["features", "customer"]),
    ("policy", &["model", "customer"]),
    ("warning", &["policy", "model", "customer"]),
    ("artifact", &["policy", "model", "features", "customer"]),
    ("access", &["artifact"]),
    (
        "registry",
        &["artifact", "policy", "model", "features", "customer"],
    ),
    (
        "scoring",
        &[
            "registry", "artifact", "policy", "model", "features", "customer",
        ],
    ),
    (
        "train",
        &[
            "scoring", "artifact", "warning", "policy", "model", "features", "customer",
        ],
    ),
    ("telemetry", &[]),
    (
        "grpc",
        &[
            "access",
            "telemetry",
            "scoring",
            "registry",
            "artifact",
            "policy",
            "model",
            "features",
            "customer",
        ],
    ),
    (
        "config",
        &[
            "access",
            "grpc",
            "registry",
            "train",
            "scoring",
            "registry",
            "telemetry",
            "artifact",
            "policy",
            "model",
            "customer",
        ],
    ),
];

/// Which rooms may name a crate.
const CRATE_HOMES: [(&str, &[&str]); 47] = [
    ("base64", &["artifact"]),
    ("rustix", &["grpc"]),
    ("governor", &["access"]),
    ("http_body", &["grpc"]),
    ("hyper", &["grpc"]),
    ("hyper_util", &["grpc"]),
    ("tokio_rustls", &["grpc"]),
    ("webpki", &["grpc"]),
    ("jsonwebtoken", &["access"]),
    // In `grpc` and `telemetry`, a part of rustls of that name.
    ("ring", &["access", "artifact", "grpc", "telemetry"]),
    ("subtle", &["access"]),
    // In `telemetry`, what speaks to a collector; so with those of gRPC.
    ("reqwest", &["access", "artifact", "telemetry"]),
    ("object_store", &["artifact"]),
    ("rustls", &["access", "artifact", "grpc", "telemetry"]),
    // In `train`, only the tests.
    ("tempfile", &["artifact", "train"]),
    (
        "arc_swap",
        &["access", "grpc", "registry", "scoring", "telemetry"],
    ),
    ("jiff", &["train"]),
    ("tonic_prost", &["grpc", "telemetry"]),
    ("opentelemetry_proto", &["telemetry"]),
    ("prost_types", &["grpc"]),
    ("tokio_stream", &["grpc", "artifact"]),
    // In `artifact`, a part of ring of that name.
    ("rand", &["artifact", "train"]),
    ("rand_chacha", &["train"]),
    ("rayon", &["train"]),
    ("indicatif", &["train"]),
    ("tonic", &["grpc", "telemetry"]),
    ("tonic_types", &["grpc"]),
    ("tonic_health", &["grpc"]),
    ("tonic_reflection", &["grpc"]),
    ("prost", &["grpc", "telemetry"]),
    ("linfa", &["train"]),
    ("linfa_clustering", &["train"]),
    ("linfa_logistic", &["train"]),
    ("ndarray", &["train"]),
    ("maud", &["train"]),
    ("plotters", &["train"]),
    // In `access`, the keys and claims of tokens.
    ("serde", &["access", "artifact", "config"]),
    // The trainer prints JSON for machines.
    ("serde_json", &["access", "artifact", "train", "config"]),
    ("clap_complete", &["config"]),
    ("clap", &["config", "bin"]),
    ("csv", &["train"]),
    ("mimalloc", &["bin"]),
    ("flate2", &["train"]),
    ("hashbrown", &["train", "scoring", "features", "customer"]),
    ("parquet", &["train"]),
    ("toml", &["config"]),
    ("tracing_subscriber", &["telemetry"]),
];

struct Source {
    room: String,
    path: PathBuf,
    /// Without comments and without the test module.
    code: String,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    assert!(files.len() > 30);
    files
        .into_iter()
        .map(|path| {
            let below = path.strip_prefix(&root).unwrap();
            let first = below.components().next().unwrap().as_os_str();
            let name = first.to_str().unwrap().trim_end_matches(".rs").to_owned();
            let text = fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap();
            let code = code
                .lines()
                .map(|line| line.split("//").next().unwrap())
                .collect::<Vec<_>>()
                .join("\n");
            Source {
                room: name,
                path,
                code,
            }
        })
        .collect()
}

fn collect(directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|e| e == "rs")
            && path.file_name().unwrap() != "tests.rs"
        {
            files.push(path);
        }
    }
}

/// The identifiers that stand right behind `prefix`, also in a braced list.
fn named_after(code: &str, prefix: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (start, _) in code.match_indices(prefix) {
        let rest = &code[start + prefix.len()..];
        let list = match rest.strip_prefix('{') {
            None => rest
                .split(|c: char| !c.is_alphanumeric() && c != '_')
                .take(1)
                .collect(),
            Some(braced) => top_level_names(braced),
        };
        names.extend(list.into_iter().map(str::to_owned));
    }
    names
}

fn top_level_names(braced: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let (mut depth, mut start) = (0, 0);
    for (position, c) in braced.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => {
                names.push(&braced[start..position]);
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                names.push(&braced[start..position]);
                start = position + 1;
            }
            _ => {}
        }
    }
    names
        .into_iter()
        .map(|name| name.trim().split("::").next().unwrap().trim())
        .filter(|name| !name.is_empty())
        .collect()
}

#[test]
fn arrows_point_only_downwards() {
    let may_use: BTreeMap<&str, &[&str]> = MAY_USE.into();
    for source in sources() {
        if ["lib", "bin"].contains(&source.room.as_str()) {
            continue;
        }
        let allowed = may_use
            .get(source.room.as_str())
            .unwrap_or_else(|| panic!("{} is a room that nobody planned", source.room));
        assert!(
            !source.code.contains("super::super"),
            "{}: name the room from the crate's root",
            source.path.display()
        );
        for used in named_after(&source.code, "crate::") {
            assert!(
                used == source.room || allowed.contains(&used.as_str()),
                "{} may not use {used}: {}",
                source.room,
                source.path.display()
            );
        }
    }
}

#[test]
fn the_plan_has_no_circles() {
    for (position, (room, allowed)) in MAY_USE.iter().enumerate() {
        for used in *allowed {
            let there = MAY_USE.iter().position(|(room, _)| room == used).unwrap();
            assert!(there < position, "{room} → {used}");
        }
    }
}

#[test]
fn crates_stay_in_their_rooms() {
    for source in sources() {
        for (name, homes) in CRATE_HOMES {
            let named = source.code.match_indices(name).any(|(at, _)| {
                let before = source.code[..at].chars().next_back();
                let after = &source.code[at + name.len()..];
                after.starts_with("::") && !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
            });
            assert!(
                !named || homes.contains(&source.room.as_str()),
                "{name} does not belong in {}",
                source.path.display()
            );
        }
    }
}

/// Beside `grpc`, the transport is known to what sends to a collector only.
#[test]
fn telemetry_speaks_to_collectors_in_one_place() {
    for source in sources() {
        let speaks = ["tonic::", "prost::", "reqwest::", "opentelemetry_proto::"];
        let in_place = source
            .path
            .components()
            .any(|part| part.as_os_str() == "otlp");
        assert!(
            source.room != "telemetry"
                || in_place
                || !speaks.iter().any(|name| source.code.contains(name)),
            "{}",
            source.path.display()
        );
    }
}

#[test]
fn the_environment_is_read_only_by_the_binaries() {
    for source in sources() {
        assert!(
            source.room == "bin" || !source.code.contains("env::var"),
            "{}",
            source.path.display()
        );
    }
}

#[test]
fn the_core_has_no_clock_and_no_files() {
    for source in sources() {
        let core = [
            "customer", "features", "model", "policy", "warning", "scoring",
        ];
        if !core.contains(&source.room.as_str()) {
            continue;
        }
        for effect in ["std::fs", "std::time", "std::env", "rand::", "std::net"] {
            assert!(
                !source.code.contains(effect),
                "{effect} in {}",
                source.path.display()
            );
        }
    }
}

/// Whoever sets it moves no deadline, quota, window or pause: those go by the time that
/// has passed. It says when tokens end and when something was done.
#[test]
fn the_wall_clock_is_read_for_nothing_but_tokens_and_what_is_written_down() {
    let homes = [
        "access/standing.rs",
        "config/train/log.rs",
        "grpc/models.rs",
    ];
    for source in sources() {
        let is_home =
            source.room == "telemetry" || homes.iter().any(|home| source.path.ends_with(home));
        assert!(
            is_home || !source.code.contains("SystemTime::now"),
            "{}",
            source.path.display()
        );
    }
}

#[test]
fn binaries_are_thin_and_rooms_not_too_large() {
    for source in sources() {
        let lines = fs::read_to_string(&source.path).unwrap().lines().count();
        let limit = if source.room == "bin" { 100 } else { 400 };
        assert!(lines <= limit, "{}: {lines} lines", source.path.display());
    }
}

/// `ARCHITECTURE.md` has a line for each room and each dependency.
#[test]
fn the_map_names_every_room_and_every_dependency() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let map = fs::read_to_string(root.join("ARCHITECTURE.md")).unwrap();
    for (room, _) in MAY_USE {
        assert!(map.contains(&format!("`{room}")), "{room}");
    }
    let manifest = fs::read_to_string(root.join("Cargo.toml")).unwrap();
    let mut in_dependencies = false;
    for line in manifest.lines() {
        if line.starts_with('[') {
            in_dependencies = line.ends_with("dependencies]");
        } else if let (true, Some((name, _))) = (in_dependencies, line.split_once(" = ")) {
            assert!(map.contains(&format!("`{name}`")), "{name}");
        }
    }
}
