//! What lies beside versions and is read while serving: by the first byte, aliases,
//! signatures, or what a server remembers. Refused, or read; and then written so that it
//! reads the same.

#![no_main]

use std::{path::Path, sync::LazyLock, time::UNIX_EPOCH};

use holdfast::{
    artifact::{
        self, Alias, AliasMove, Author, ModelName, MoveKind, SignaturePolicy, Trust, Version,
        aliases, load_trusted, move_alias, read_seen, write_seen,
    },
    config::trust_file,
};
use holdfast_fuzz::{SHIPPED, Scratch, copy};
use libfuzzer_sys::fuzz_target;

const MODEL: &str = "telco-churn";
/// Nobody has its other half.
const KEYS: &str = "[[keys]]\nname = \"lost\"\n\
    key = \"MCowBQYDK2VwAyEA/JKqx8rv/Y6YRIIgHHG6vBrevVzMEfimiLvlNLvKoxc=\"\n";

static MODELS: LazyLock<Scratch> = LazyLock::new(|| {
    let models = Scratch::new();
    copy(Path::new(SHIPPED), models.path());
    models
});
static TRUST: LazyLock<Trust> = LazyLock::new(|| {
    let keys = trust_file::parse(KEYS).unwrap();
    Trust::new(SignaturePolicy::Require, keys)
});

fuzz_target!(|input: &[u8]| {
    let Some((kind, bytes)) = input.split_first() else {
        return;
    };
    match kind % 3 {
        0 => moved(bytes),
        1 => signed(bytes),
        _ => remembered(bytes),
    }
});

fn moved(bytes: &[u8]) {
    let (root, name) = (MODELS.path(), MODEL.parse::<ModelName>().unwrap());
    MODELS.file("telco-churn/aliases.json", bytes);
    let Ok(stored) = aliases(root, &name) else {
        return;
    };
    let champion = Alias::champion();
    let change = AliasMove {
        expected: stored.get(&champion),
        alias: champion.clone(),
        to: Some(Version::FIRST),
        kind: MoveKind::Set,
        in_place: true,
    };
    let author = Author::new("fuzz", "", UNIX_EPOCH).unwrap();
    // It may hold as many aliases as there may be.
    if let Ok(moved) = move_alias(root, &name, &change, &author) {
        assert_eq!(moved.aliases.get(&champion), Some(Version::FIRST));
        assert!(moved.aliases.generation() > stored.generation());
        assert_eq!(
            aliases(root, &name).expect("what was written"),
            moved.aliases
        );
    }
    // One line a move would fill the memory.
    let _ = std::fs::remove_file(root.join(MODEL).join("audit.ndjson"));
}

fn signed(bytes: &[u8]) {
    let name: ModelName = MODEL.parse().unwrap();
    MODELS.file("telco-churn/1/signatures.json", bytes);
    let loaded = load_trusted(MODELS.path(), &name, Version::FIRST, &TRUST);
    assert!(loaded.is_err(), "nobody signed it");
    assert!(artifact::load(MODELS.path(), &name, Version::FIRST).is_ok());
}

fn remembered(bytes: &[u8]) {
    let path = MODELS.file("seen.json", bytes);
    if let Ok(seen) = read_seen(&path) {
        write_seen(&path, &seen).unwrap();
        assert_eq!(read_seen(&path).expect("what was written"), seen);
    }
}
