//! Tables of rows as the trainer reads them, by the first byte within gzip. Refused with
//! a place, or columns of one length.

#![no_main]

use std::{io::Write, sync::LazyLock};

use flate2::{Compression, write::GzEncoder};
use holdfast::train::table::{Cells, Table};
use holdfast_fuzz::Scratch;
use libfuzzer_sys::fuzz_target;

static SCRATCH: LazyLock<Scratch> = LazyLock::new(Scratch::new);

fuzz_target!(|input: &[u8]| {
    let Some((kind, text)) = input.split_first() else {
        return;
    };
    let path = match kind % 3 {
        0 => SCRATCH.file("rows.csv", text),
        1 => SCRATCH.file("rows.csv", &packed(text)),
        // What says that it is, and is not.
        _ => SCRATCH.file("rows.csv", &[&[0x1f, 0x8b], text].concat()),
    };
    match Table::read(&[path]) {
        Ok(table) => {
            for column in &table.columns {
                for row in 0..table.rows() {
                    assert_eq!(column.is_missing(row), column.cell(row).is_none());
                }
                if let Cells::Numbers(numbers) = column.cells() {
                    assert_eq!(numbers.values().len(), table.rows());
                }
            }
            for row in 0..table.rows() {
                assert!(!table.place(row).to_string().is_empty());
            }
        }
        Err(error) => assert!(error.to_string().contains("rows.csv")),
    }
});

fn packed(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::none());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}
