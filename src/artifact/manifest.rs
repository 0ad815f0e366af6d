//! The manifest: which files make up a version.

use serde::{Deserialize, Serialize};

use super::{Digest, ModelName, Version};

/// The manifest format that is written.
pub(super) const FORMAT: u32 = 2;
/// The oldest that is read: three files and no documents.
pub(super) const OLDEST_FORMAT: u32 = 1;
/// The manifest's file name.
pub(super) const MANIFEST: &str = "manifest.json";
/// Names of the files that a manifest lists first, in its order.
pub(super) const FILES: [&str; 3] = ["model.json", "metrics.json", "golden.json"];

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ManifestV1 {
    pub(super) format: u32,
    pub(super) name: String,
    pub(super) version: u32,
    pub(super) files: Vec<FileV1>,
}

/// What a manifest of any format has.
#[derive(Deserialize)]
pub(super) struct FormatV1 {
    pub(super) format: u32,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FileV1 {
    pub(super) file: String,
    pub(super) bytes: u64,
    pub(super) sha256: String,
}

impl ManifestV1 {
    pub(super) fn of<N: AsRef<str>>(
        name: &ModelName,
        version: Version,
        files: &[(N, Vec<u8>)],
    ) -> Self {
        Self {
            format: FORMAT,
            name: name.to_string(),
            version: version.get(),
            files: files
                .iter()
                .map(|(file, bytes)| FileV1::of(file.as_ref(), bytes))
                .collect(),
        }
    }
}

impl FileV1 {
    pub(super) fn of(file: &str, bytes: &[u8]) -> Self {
        Self {
            file: file.to_owned(),
            bytes: bytes.len() as u64,
            sha256: Digest::of(bytes).to_string(),
        }
    }
}

/// The one spelling of a stored document: indented JSON and a final newline.
pub(super) fn to_json(document: &impl Serialize) -> Result<Vec<u8>, serde_json::Error> {
    let mut bytes = serde_json::to_vec_pretty(document)?;
    bytes.push(b'\n');
    Ok(bytes)
}
