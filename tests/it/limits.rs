//! Directories of models that somebody filled with what no publisher writes.

use std::{
    fs::{self, File, OpenOptions},
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use holdfast::artifact::{self, Digest, Documents, LoadError, Problem, Version};
use tempfile::TempDir;

use crate::support::{Server, copy, customer, name, quick_content, score_one};

const MODEL: &str = "telco-churn";

/// `telco-churn` version 1.
fn models() -> TempDir {
    let directory = TempDir::new().unwrap();
    let documents = Documents::new();
    artifact::publish(directory.path(), &name(MODEL), quick_content(), &documents).unwrap();
    directory
}

fn file(models: &Path, file: &str) -> PathBuf {
    models.join(MODEL).join("1").join(file)
}

fn load(models: &Path) -> Result<artifact::Artifact, LoadError> {
    artifact::load(models, &name(MODEL), Version::FIRST)
}

/// What a version says whose manifest was rewritten.
fn with_manifest(edit: impl FnOnce(String) -> String) -> String {
    let models = models();
    let path = file(models.path(), "manifest.json");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, edit(text)).unwrap();
    load(models.path()).unwrap_err().to_string()
}

#[test]
fn a_manifest_names_the_files_that_there_are_and_no_others() {
    for hostile in [
        "../model.json",
        "../../../../etc/passwd",
        "/etc/passwd",
        "model.json\\u0000.txt",
        "%2e%2e/model.json",
        "\u{FF0E}\u{FF0E}/model.json",
        "./model.json",
        "model.json/",
        "",
        "MODEL.JSON",
        "manifest.json",
        "signatures.json",
    ] {
        let told = with_manifest(|text| text.replacen("model.json", hostile, 1));
        assert!(told.contains("lists other files"), "{hostile}: {told}");
    }
    let twice = with_manifest(|text| text.replace("metrics.json", "model.json"));
    assert!(twice.contains("lists other files"), "{twice}");
    // As many as a manifest has room for.
    let entry = "{\"file\": \"card.md\", \"bytes\": 1, \"sha256\": \"\"},";
    let many = with_manifest(|text| text.replacen('[', &format!("[{}", entry.repeat(1000)), 1));
    assert!(many.contains("lists other files"), "{many}");
    let long = with_manifest(|text| text + &" ".repeat(1 << 16));
    assert!(long.contains("is larger than 65536 bytes"), "{long}");
}

/// Nothing is read to find out.
#[test]
fn sizes_are_checked_before_files_are_read() {
    let begin = Instant::now();
    for bytes in [(64 << 20) + 1, 1_u64 << 40, u64::MAX] {
        let told = with_manifest(|text| {
            let start = text.find("\"bytes\": ").unwrap() + 9;
            let end = start + text[start..].find(',').unwrap();
            format!("{}{bytes}{}", &text[..start], &text[end..])
        });
        assert!(told.contains("larger files than a version has"), "{told}");
    }
    // A terabyte that takes no room.
    for (of, told) in [
        ("manifest.json", "is larger than 65536 bytes"),
        ("model.json", "is damaged"),
        ("golden.json", "is damaged"),
    ] {
        let models = models();
        let open = OpenOptions::new().write(true).open(file(models.path(), of));
        open.unwrap().set_len(1 << 40).unwrap();
        let error = load(models.path()).unwrap_err().to_string();
        assert!(error.contains(told), "{error}");
    }
    let elapsed = begin.elapsed();
    assert!(elapsed < Duration::from_secs(20), "{elapsed:?}");
}

/// What is no file may never end, or act when it is opened.
#[test]
fn only_plain_files_are_opened() {
    for of in ["manifest.json", "model.json", "golden.json"] {
        for kind in ["fifo", "device", "directory", "link"] {
            let models = models();
            let path = file(models.path(), of);
            let sound = models.path().join("sound");
            fs::rename(&path, &sound).unwrap();
            match kind {
                "fifo" => {
                    let made = Command::new("mkfifo").arg(&path).status().unwrap();
                    assert!(made.success());
                }
                "device" => symlink("/dev/zero", &path).unwrap(),
                "directory" => fs::create_dir(&path).unwrap(),
                _ => symlink(&sound, &path).unwrap(),
            }
            let error = load(models.path()).unwrap_err();
            assert!(
                matches!(error.problem, Problem::NotPlain),
                "{kind}: {error}"
            );
            assert_eq!(error.path, path);
        }
    }
}

/// Documents that a manifest vouches for, and that are deep.
#[test]
fn depth_is_bounded() {
    for of in ["model.json", "metrics.json", "golden.json"] {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let models = models();
            let deep = open.repeat(100_000) + "1" + &close.repeat(100_000);
            let path = file(models.path(), of);
            let sound = fs::read(&path).unwrap();
            fs::write(&path, &deep).unwrap();
            let manifest = file(models.path(), "manifest.json");
            let text = fs::read_to_string(&manifest).unwrap();
            let (was, is) = (Digest::of(&sound), Digest::of(deep.as_bytes()));
            let text = text.replace(was.as_str(), is.as_str());
            let length = |bytes: usize| format!("\"bytes\": {bytes},");
            let text = text.replace(&length(sound.len()), &length(deep.len()));
            fs::write(&manifest, text).unwrap();
            let error = load(models.path()).unwrap_err();
            assert!(matches!(error.problem, Problem::Json(_)), "{of}: {error}");
        }
    }
}

#[tokio::test]
async fn a_server_passes_over_what_is_no_model_and_looks_at_so_many_versions() {
    let models = models();
    let root = models.path();
    copy(&root.join(MODEL), &root.join("Upper Case"));
    copy(&root.join(MODEL), &root.join("%2e%2e"));
    copy(&root.join(MODEL), &root.join("\u{FF0E}\u{FF0E}"));
    symlink(root.join(MODEL), root.join("a-link")).unwrap();
    fs::create_dir(root.join("empty")).unwrap();
    File::create(root.join("a-file")).unwrap();
    let version = |number: &str| root.join(MODEL).join(number);
    for number in ["01", "+1", "0", "1.0", "4294967296", "..2", "\u{FF12}"] {
        copy(&version("1"), &version(number));
    }
    symlink(version("1"), version("7")).unwrap();
    // Newer than any that passes, and more than are looked at.
    for number in 2000..2990 {
        fs::create_dir(version(&number.to_string())).unwrap();
    }
    let server = Server::start(root).await;
    let listed = server.list_models().await.unwrap();
    let names: Vec<&str> = listed.iter().map(|model| model.name.as_str()).collect();
    assert_eq!(names, ["empty", MODEL]);
    let telco = &listed[1];
    assert_eq!(telco.served.as_ref().unwrap().version, 1);
    assert_eq!(telco.refused.len(), 991);
    server
        .score_customer(score_one(customer("c")))
        .await
        .unwrap();
    // Once there are too many of them, they hide what is older: it goes on all the same.
    for number in 3000..3100 {
        fs::create_dir(version(&number.to_string())).unwrap();
    }
    server.registry.reload().unwrap();
    let listed = server.list_models().await.unwrap();
    assert_eq!(listed[1].refused.len(), 1000);
    assert_eq!(listed[1].served.as_ref().unwrap().version, 1);
}
