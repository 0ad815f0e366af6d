//! The shipped value model, and the command that it comes from.

use std::{fs, path::Path, process::Command};

use serde_json::Value;
use tempfile::TempDir;

use crate::support::assert_alike;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The arguments of the second command of `models/README.md`, without the
/// directory of models.
fn documented() -> Vec<String> {
    let page = fs::read_to_string(Path::new(ROOT).join("models/README.md")).unwrap();
    let command = page.split("```").nth(3).unwrap().replace("\\\n", " ");
    let (_, arguments) = command.split_once(" -- ").unwrap();
    let words = arguments.trim().strip_suffix("--models models").unwrap();
    words.split_whitespace().map(str::to_owned).collect()
}

#[test]
fn the_shipped_value_model_is_reproduced_by_its_documented_command() {
    let models = TempDir::new().unwrap();
    let trained = Command::new(env!("CARGO_BIN_EXE_holdfast-train"))
        .current_dir(ROOT)
        .args(documented())
        .arg("--models")
        .arg(models.path())
        .output()
        .unwrap();
    assert!(trained.status.success(), "{trained:?}");
    let read = |root: &Path, file: &str| {
        let path = root.join("cdnow-value/1").join(file);
        serde_json::from_slice::<Value>(&fs::read(path).unwrap()).unwrap()
    };
    for file in ["model.json", "metrics.json", "golden.json"] {
        let shipped = read(&Path::new(ROOT).join("models"), file);
        assert_alike(&shipped, &read(models.path(), file), file);
    }
}
