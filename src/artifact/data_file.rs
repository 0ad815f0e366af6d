//! The stored form of a file that a model was made from.

use serde::{Deserialize, Serialize};

use crate::model::DataFile;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::artifact) struct DataFileV1 {
    name: String,
    sha256: String,
    rows: u64,
}

impl From<DataFile> for DataFileV1 {
    fn from(from: DataFile) -> Self {
        let DataFile { name, sha256, rows } = from;
        Self { name, sha256, rows }
    }
}

impl From<DataFileV1> for DataFile {
    fn from(from: DataFileV1) -> Self {
        let DataFileV1 { name, sha256, rows } = from;
        Self { name, sha256, rows }
    }
}
