//! The text of a policy file: refused with the lines of its faults, or a policy that
//! can be written of its groups.

#![no_main]

use holdfast::config::policy_file;
use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|input: &[u8]| -> Corpus {
    let Ok(text) = str::from_utf8(input) else {
        return Corpus::Reject;
    };
    match policy_file::parse(text) {
        Ok(policy) => {
            let groups = policy_file::write(&policy.groups.clone().or_usual());
            let whole = format!("name = \"n\"\nversion = \"1\"\n{groups}");
            let again = policy_file::parse(&whole).expect("what was written");
            assert_eq!(again.groups.or_usual(), policy.groups.or_usual());
        }
        Err(faults) => {
            let lines = text.split('\n').count();
            for fault in faults.listed() {
                assert!((1..=lines).contains(&fault.line), "{faults}");
            }
            assert!(!faults.to_string().is_empty());
        }
    }
    Corpus::Keep
});
