//! The text of an access file: refused with the lines of its faults, or rules by which
//! nobody gets in who shows nothing.

#![no_main]

use std::collections::BTreeMap;

use holdfast::{
    access::{Access, Refused},
    config::access_file,
};
use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|input: &[u8]| -> Corpus {
    let Ok(text) = str::from_utf8(input) else {
        return Corpus::Reject;
    };
    // It names files of keys: no path of this machine.
    if text.contains("/dev") || text.contains("/proc") || text.contains("/sys") {
        return Corpus::Reject;
    }
    match access_file::parse(text) {
        Ok(file) => {
            let access = Access::new(&file.stated, &BTreeMap::new(), None);
            assert_eq!(access.authenticate(None, None), Err(Refused::Missing));
            assert!(access.authenticate(Some("a"), None).is_err());
            // The same once more keeps what was spent.
            let _ = Access::new(&file.stated, &BTreeMap::new(), Some(&access));
        }
        Err(faults) => {
            let lines = text.split('\n').count();
            for fault in faults.listed() {
                assert!((1..=lines).contains(&fault.line), "{faults}");
            }
        }
    }
    Corpus::Keep
});
