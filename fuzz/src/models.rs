//! Models on disk.

use std::{fs, path::Path};

use holdfast::artifact::Digest;
use serde_json::json;

/// The models that the repository holds.
pub const SHIPPED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../models");

/// Copies a directory with all that is below it.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Writes files as version 1 of a model, with a manifest that vouches for them.
pub fn put_version(root: &Path, name: &str, files: &[(&str, Vec<u8>)]) {
    let directory = root.join(name).join("1");
    fs::create_dir_all(&directory).unwrap();
    let mut listed = Vec::new();
    for (file, bytes) in files {
        fs::write(directory.join(file), bytes).unwrap();
        let digest = Digest::of(bytes);
        listed.push(format!(
            "    {{\n      \"file\": {},\n      \"bytes\": {},\n      \"sha256\": \"{digest}\"\n    }}",
            json!(file),
            bytes.len(),
        ));
    }
    // The one spelling that is read.
    let manifest = format!(
        "{{\n  \"format\": 2,\n  \"name\": \"{name}\",\n  \"version\": 1,\n  \"files\": [\n{}\n  ]\n}}\n",
        listed.join(",\n")
    );
    fs::write(directory.join("manifest.json"), manifest).unwrap();
}
