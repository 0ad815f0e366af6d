//! No byte of a shipped version can change unseen, signed or not.

use std::{
    fs::{self, OpenOptions},
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use holdfast::artifact::{
    self, ModelName, SignaturePolicy, SigningKey, Trust, TrustedKey, TrustedKeys, Version,
};
use proptest::prelude::*;
use tempfile::TempDir;

use crate::support::{copy, name};

/// Copies of the shipped versions, each signed by a key that is trusted.
struct Shipped {
    directory: TempDir,
    /// Requires signatures.
    trust: Trust,
}

struct Stored {
    model: ModelName,
    version: Version,
    files: Vec<PathBuf>,
}

impl Shipped {
    fn new() -> Self {
        let directory = TempDir::new().unwrap();
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("models");
        for model in ["telco-churn", "cdnow-value"] {
            copy(&root.join(model), &directory.path().join(model));
        }
        let key: SigningKey = SigningKey::generate().unwrap().parse().unwrap();
        let trusted = TrustedKey {
            name: "ann".to_owned(),
            key: key.public(),
            models: None,
        };
        let keys = TrustedKeys::new([trusted], std::collections::BTreeMap::new());
        let shipped = Self {
            directory,
            trust: Trust::new(SignaturePolicy::Require, keys),
        };
        for Stored { model, version, .. } in shipped.versions() {
            artifact::sign(shipped.directory.path(), &model, version, &key).unwrap();
        }
        shipped
    }

    fn versions(&self) -> Vec<Stored> {
        let of = |(model, version): (&str, u32)| {
            let directory = self.directory.path().join(model).join(version.to_string());
            let files = fs::read_dir(directory).unwrap();
            let mut files: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
            files.sort();
            Stored {
                model: name(model),
                version: Version::new(version).unwrap(),
                files,
            }
        };
        let all = [("telco-churn", 1), ("telco-churn", 2), ("cdnow-value", 1)];
        all.into_iter().map(of).collect()
    }

    /// Whether a version loads where signatures are required.
    fn loads_required(&self, of: &Stored) -> bool {
        let root = self.directory.path();
        artifact::load_trusted(root, &of.model, of.version, &self.trust).is_ok()
    }

    /// The same, and whether it loads without.
    fn loads(&self, of: &Stored) -> [bool; 2] {
        let plain = artifact::load(self.directory.path(), &of.model, of.version);
        [self.loads_required(of), plain.is_ok()]
    }

    /// What is found while one byte of one file is changed.
    fn with<T>(&self, file: &Path, at: u64, flip: u8, found: impl FnOnce(&Self) -> T) -> T {
        let open = OpenOptions::new()
            .read(true)
            .write(true)
            .open(file)
            .unwrap();
        let mut byte = [0];
        open.read_exact_at(&mut byte, at).unwrap();
        open.write_all_at(&[byte[0] ^ flip], at).unwrap();
        let result = found(self);
        open.write_all_at(&byte, at).unwrap();
        result
    }
}

/// Whoever does not look at signatures does not see what becomes of them.
fn wanted(file: &Path) -> [bool; 2] {
    [false, file.ends_with("signatures.json")]
}

fn length(file: &Path) -> u64 {
    fs::metadata(file).unwrap().len()
}

/// Versions and files of a copy for tests that change bytes one at a time.
fn shared() -> &'static (Shipped, Vec<Stored>) {
    static SHARED: OnceLock<(Shipped, Vec<Stored>)> = OnceLock::new();
    SHARED.get_or_init(|| {
        let shipped = Shipped::new();
        let versions = shipped.versions();
        for version in &versions {
            assert_eq!(shipped.loads(version), [true, true]);
        }
        (shipped, versions)
    })
}

/// Nothing vouches for the manifest but its one spelling and the signature, and
/// nothing for the signature but the key: every bit of both.
#[test]
fn every_bit_of_manifests_and_signatures_counts() {
    let shipped = Shipped::new();
    for version in shipped.versions() {
        for file in &version.files {
            let is_wanted = ["manifest.json", "signatures.json"]
                .iter()
                .any(|name| file.ends_with(name));
            if !is_wanted {
                continue;
            }
            for at in 0..length(file) {
                for bit in 0..8 {
                    let loads = |shipped: &Shipped| shipped.loads_required(&version);
                    let loads = shipped.with(file, at, 1 << bit, loads);
                    assert!(!loads, "{}, byte {at}, bit {bit}", file.display());
                }
            }
        }
        assert_eq!(shipped.loads(&version), [true, true]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, ..ProptestConfig::default() })]

    /// Some bytes of every file; `every_byte_of_every_file_counts` takes all.
    #[test]
    fn a_changed_byte_of_any_file_is_refused(
        version in 0usize..3,
        file in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        flip in 1u8..=255,
    ) {
        let (shipped, versions) = shared();
        let version = &versions[version];
        let file = file.get(&version.files);
        let at = at.index(usize::try_from(length(file)).unwrap()) as u64;
        prop_assert_eq!(shipped.with(file, at, flip, |s| s.loads(version)), wanted(file));
    }
}

#[test]
#[ignore = "takes minutes: cargo test --test it shipped -- --ignored"]
fn every_byte_of_every_file_counts() {
    let shipped = Shipped::new();
    let mut bytes = 0;
    for version in shipped.versions() {
        for file in &version.files {
            for at in 0..length(file) {
                // A bit that changes white space and case, and one that changes digits.
                let flip = if at % 2 == 0 { 0x20 } else { 0x01 };
                let loads = shipped.with(file, at, flip, |shipped| shipped.loads(&version));
                assert_eq!(loads, wanted(file), "{}, byte {at}", file.display());
                bytes += 1;
            }
        }
    }
    assert!(bytes > 300_000, "{bytes}");
}
