//! The text of a file of trusted keys: refused with the lines of its faults, or keys.

#![no_main]

use holdfast::config::trust_file;
use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|input: &[u8]| -> Corpus {
    let Ok(text) = str::from_utf8(input) else {
        return Corpus::Reject;
    };
    if let Err(faults) = trust_file::parse(text) {
        let lines = text.split('\n').count();
        for fault in faults.listed() {
            assert!((1..=lines).contains(&fault.line), "{faults}");
        }
    }
    Corpus::Keep
});
