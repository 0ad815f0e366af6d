//! Names of models and aliases, versions, and places of models: what is taken has one
//! spelling, and names lead nowhere but to a plain entry of their directory.

#![no_main]

use std::path::{Component, Path};

use holdfast::{
    access::{KeyDigest, PeerName, Scope},
    artifact::{Alias, Location, ModelName, Version},
};
use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|input: &[u8]| -> Corpus {
    let Ok(text) = str::from_utf8(input) else {
        return Corpus::Reject;
    };
    let name = text.parse::<ModelName>();
    assert_eq!(text.parse::<Alias>().is_ok(), name.is_ok());
    if let Ok(name) = name {
        assert_eq!(name.as_str(), text);
        assert!(text.len() <= 63 && !text.starts_with('.'));
        let parts: Vec<Component<'_>> = Path::new(text).components().collect();
        assert!(matches!(parts.as_slice(), [Component::Normal(part)] if *part == text));
    }
    if let Ok(version) = text.parse::<Version>() {
        assert_eq!(version.to_string(), text);
    }
    if let Ok(Location::Bucket(address)) = text.parse::<Location>() {
        let again = address.to_string();
        assert_eq!(again.parse::<Location>(), Ok(Location::Bucket(address)));
        assert!(!again.contains("/../") && !again.contains("/./"));
    }
    if let Ok(scope) = text.parse::<Scope>() {
        assert_eq!(scope.name(), text);
    }
    let _ = (text.parse::<KeyDigest>(), PeerName::parse(text));
    Corpus::Keep
});
