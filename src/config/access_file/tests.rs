use std::io::Write as _;

use super::*;

const KEYS: &str = r#"{"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": "1",
    "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;
const DIGEST: &str = "sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae";

fn lines(text: &str) -> Vec<(usize, String)> {
    let faults = parse(text).unwrap_err();
    let listed = faults.listed().iter();
    listed
        .map(|fault| (fault.line, fault.field.clone()))
        .collect()
}

#[test]
fn a_file_names_principals_and_issuers() {
    let mut keys = tempfile::NamedTempFile::new().unwrap();
    keys.write_all(KEYS.as_bytes()).unwrap();
    let text = format!(
        "[[principals]]\nname = 'shop'\nscopes = ['score']\nmodels = ['a']\nkeys = ['{DIGEST}']\n\
         certificates = ['dns:Shop.example.com']\ntokens = [{{ issuer = 'c', subject = 's' }}]\n\
         [[issuers]]\nname = 'c'\nissuer = 'https://id/'\naudiences = ['h']\n\
         algorithms = ['EdDSA']\njwks_file = '{}'",
        keys.path().display()
    );
    let AccessFile { stated, key_files } = parse(&text).unwrap();
    assert_eq!(key_files, [keys.path()]);
    assert_eq!(stated.issuers[0].leeway.as_secs(), 30);
    let shop = &stated.principals[0];
    assert_eq!(shop.scopes, [Scope::Score].into_iter().collect());
    assert!(matches!(&shop.models, Models::Named(names) if names.len() == 1));
    assert_eq!(shop.subjects, [("c".to_owned(), "s".to_owned())]);
    let quota = text.replace(
        "keys =",
        "quota = { rows_per_second = 5, calls_burst = 9 }\nkeys =",
    );
    assert_eq!(
        lines(&quota),
        [(5, "principals[0].quota.calls_burst".to_owned())]
    );
    let quota = quota.replace("calls_burst", "rows_burst");
    let rows = parse(&quota).unwrap().stated.principals[0]
        .quota
        .unwrap()
        .rows;
    assert_eq!(
        rows.map(|rate| (rate.per_second.get(), rate.burst.get())),
        Some((5, 9))
    );
    // Nobody is known: nobody may call.
    assert!(parse("").unwrap().stated.principals.is_empty());
}

#[test]
fn every_fault_is_told_with_its_line() {
    let text = format!(
        "[[principals]]\nname = 'a:b'\nscopes = ['score', 'all']\nkeys = ['{DIGEST}']\n\
         [[principals]]\nname = 'b'\nscopes = []\nmodels = ['../x']\nkeys = ['{DIGEST}', 'secret']\n\
         [[principals]]\nname = 'b'\nscopes = ['score']\ncertificates = ['cn:b']\n\
         tokens = [{{ issuer = 'c', subject = 's' }}]\n[[principals]]\nname = 'd'\nscopes = ['score']"
    );
    let wanted = [
        (2, "principals[0].name"),
        (3, "principals[0].scopes[1]"),
        (7, "principals[1].scopes"),
        (8, "principals[1].models[0]"),
        (9, "principals[1].keys[0]"),
        (9, "principals[1].keys[1]"),
        (11, "principals[2].name"),
        (13, "principals[2].certificates[0]"),
        (14, "principals[2].tokens[0].issuer"),
        (16, "principals[3].name"),
    ];
    let found = lines(&text);
    let found = found.iter().map(|(line, field)| (*line, field.as_str()));
    assert_eq!(found.collect::<Vec<_>>(), wanted);
    assert!(!parse(&text).unwrap_err().to_string().contains("secret"));
}

#[test]
fn every_fault_of_an_issuer_is_told() {
    let text = "[[issuers]]\nname = 'c'\nissuer = ''\naudiences = []\nalgorithms = ['none']\n\
                leeway_seconds = 601\njwks_seconds = 0\njwks_url = 'http://id.example.com/'\n\
                scopes = ['x']\n[[issuers]]\nname = 'c'\nissuer = 'i'\naudiences = ['a']\n\
                algorithms = ['ES256']";
    let found: Vec<usize> = lines(text).into_iter().map(|(line, _)| line).collect();
    assert_eq!(found, [3, 4, 5, 6, 7, 8, 9, 11, 11]);
}

#[test]
fn what_is_not_known_is_refused() {
    assert_eq!(
        lines("[[principal]]\nname = 'a'"),
        [(1, "principal".to_owned())]
    );
    let text = "[[principals]]\nname = 'a'\nscopes = ['score']\nkey = 'x'";
    assert_eq!(lines(text)[0].1, "principals[0]");
}

#[test]
fn keys_come_over_https_or_from_this_machine() {
    let url = |url: &str| {
        parse(&format!(
            "[[issuers]]\nname = 'c'\nissuer = 'i'\naudiences = ['a']\n\
             algorithms = ['ES256']\njwks_url = '{url}'"
        ))
        .is_ok()
    };
    for good in [
        "https://id/keys",
        "http://127.0.0.1:80/",
        "http://localhost",
        "http://[::1]/",
    ] {
        assert!(url(good), "{good}");
    }
    for bad in [
        "http://id/keys",
        "http://localhost.example.com/",
        "http://localhost:1@id/",
        "file:///a",
        "",
    ] {
        assert!(!url(bad), "{bad}");
    }
}
