use std::io::Write as _;

use super::*;
use crate::artifact::SignaturePolicy;

fn resolve(flags: &[&str], environment: &[(&str, &str)]) -> Result<ServerConfig, ConfigErrors> {
    let cli = Cli::parse_from([&["holdfast-server"], flags].concat());
    ServerConfig::resolve(cli, |name| {
        environment
            .iter()
            .find(|(variable, _)| *variable == name)
            .map(|(_, value)| (*value).to_owned())
    })
}

fn file(content: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(content.as_bytes()).unwrap();
    file
}

#[test]
fn flags_outrank_the_environment_which_outranks_the_file() {
    let file = file("models = 'c'\nmax_batch_rows = 3\ndrain_seconds = 3");
    let path = file.path().to_str().unwrap();
    let config = resolve(
        &["--config", path, "--models", "a"],
        &[("HOLDFAST_MODELS", "b"), ("HOLDFAST_MAX_BATCH_ROWS", "2")],
    )
    .unwrap();
    assert_eq!(
        config.models.location,
        Location::Directory(PathBuf::from("a"))
    );
    assert_eq!(config.serving.max_batch_rows, 2);
    assert_eq!(config.serving.drain, Duration::from_secs(3));
    assert_eq!(config.listen.to_string(), "127.0.0.1:50051");
}

#[test]
fn every_problem_is_reported_at_once() {
    let file = file("max_batch_rows = 1\n\nunheard_of = 1");
    let errors = resolve(
        &["--max-batch-rows", "0"],
        &[
            ("HOLDFAST_CONFIG", file.path().to_str().unwrap()),
            ("HOLDFAST_LISTEN", "everywhere"),
            ("HOLDFAST_LOG_FORMAT", "yaml"),
        ],
    )
    .unwrap_err();
    assert_eq!(errors.0.len(), 4, "{errors}");
    for part in [
        "HOLDFAST_LISTEN",
        "HOLDFAST_LOG_FORMAT",
        "line 3",
        "unheard_of",
        "max_batch_rows",
    ] {
        assert!(errors.to_string().contains(part), "{part} in {errors}");
    }
}

#[test]
fn a_missing_file_is_named() {
    let errors = resolve(&["--config", "/nowhere/holdfast.toml"], &[]).unwrap_err();
    assert!(errors.to_string().contains("/nowhere/holdfast.toml"));
}

#[test]
fn models_may_be_in_a_bucket() {
    let file = file("models = 's3://bucket/some/models'\nmodels_cache = 'here'");
    let path = file.path().to_str().unwrap();
    let config = resolve(&["--config", path], &[("AWS_REGION", "eu-west-1")]).unwrap();
    let Location::Bucket(address) = config.models.location else {
        panic!("{:?}", config.models);
    };
    assert_eq!(address.to_string(), "s3://bucket/some/models");
    assert_eq!(config.models.cache, Some(PathBuf::from("here")));
    let errors = resolve(&[], &[("HOLDFAST_MODELS", "gs://bucket")]).unwrap_err();
    assert!(errors.to_string().contains("HOLDFAST_MODELS"), "{errors}");
}

#[test]
fn naming_trusted_keys_requires_signatures() {
    let keys = file(
        "[[keys]]\nname = \"ann\"\nkey = \"MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\"\n",
    );
    let path = keys.path().to_str().unwrap();
    let policy = |flags: &[&str]| {
        let config = resolve(flags, &[]).unwrap();
        config.registry.trust.current().policy()
    };
    assert_eq!(policy(&[]), SignaturePolicy::Off);
    assert_eq!(policy(&["--trusted-keys", path]), SignaturePolicy::Require);
    let warn = ["--trusted-keys", path, "--signatures", "warn"];
    assert_eq!(policy(&warn), SignaturePolicy::Warn);
    let off = ["--trusted-keys", path, "--signatures", "off"];
    assert_eq!(policy(&off), SignaturePolicy::Off);

    let nobody = resolve(&["--signatures", "require"], &[]).unwrap_err();
    assert!(nobody.to_string().contains("--trusted-keys"), "{nobody}");
    let broken = file("[[keys]]\nname = \"ann\"\nkey = \"abc\"\n");
    let broken = [("HOLDFAST_TRUSTED_KEYS", broken.path().to_str().unwrap())];
    let errors = resolve(&[], &broken).unwrap_err();
    assert!(
        errors.to_string().contains("line 3: keys[0].key"),
        "{errors}"
    );
}
