//! Parquet files as the trainer reads them. Refused, or columns of one length.
//!
//! The decoder panics on some damaged files, which the trainer catches and takes for
//! damage; so does this. A panic of Holdfast's own is a finding.

#![no_main]

use std::{
    panic::{set_hook, take_hook},
    sync::LazyLock,
};

use holdfast::train::table::Table;
use holdfast_fuzz::Scratch;
use libfuzzer_sys::{Corpus, fuzz_target};

static SCRATCH: LazyLock<Scratch> = LazyLock::new(Scratch::new);

fuzz_target!(
    init: {
        let abort = take_hook();
        set_hook(Box::new(move |panic| {
            let file = panic.location().map_or("", |location| location.file());
            if !file.contains("/registry/") {
                abort(panic);
            }
        }));
    },
    |input: &[u8]| -> Corpus { read(input) }
);

fn read(input: &[u8]) -> Corpus {
    // All else is text.
    if !input.starts_with(b"PAR1") {
        return Corpus::Reject;
    }
    let path = SCRATCH.file("rows.parquet", input);
    if let Ok(table) = Table::read(&[path]) {
        for column in &table.columns {
            for row in 0..table.rows() {
                assert_eq!(column.is_missing(row), column.cell(row).is_none());
            }
        }
    }
    Corpus::Keep
}
