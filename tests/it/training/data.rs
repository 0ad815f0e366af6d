//! Files that can be read, and files that cannot.

use std::{
    fmt::Write as _,
    fs::{self, File},
    io::Write as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use flate2::{Compression, write::GzEncoder};
use parquet::{
    data_type::{ByteArray, ByteArrayType, DoubleType, Int32Type},
    file::{properties::WriterProperties, writer::SerializedFileWriter},
    schema::parser::parse_message_type,
};
use serde_json::Value;
use tempfile::TempDir;

use super::{FIXED, Run, SHIPPED, plain, refused, rows, run, run_csv, run_files};
use crate::support::telco_csv;

#[test]
fn csv_dialects_train_alike() {
    let unix = plain();
    let published = |csv: &str| {
        let run = run_csv(csv, &[]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        let model = fs::read(run.models().join("test/1/model.json")).unwrap();
        let mut model: Value = serde_json::from_slice(&model).unwrap();
        model["training"]["data_sha256"] = Value::Null;
        model["training"]["data_file"] = Value::Null;
        model["training"]["sources"] = Value::Null;
        model
    };
    let expected = published(&unix);
    assert_eq!(published(&format!("\u{feff}{unix}")), expected);
    assert_eq!(published(&unix.replace('\n', "\r\n")), expected);
    assert_eq!(published(&unix.replace(",a\n", ",\"a\"\n")), expected);
}

#[test]
fn files_that_are_no_table_are_refused_with_their_place() {
    let table = |csv: &[u8], told: &[&str]| refused(&run_csv(csv, &[]), 3, told);
    table(b"", &["is empty"]);
    table(b"y,x,c\n", &["no rows"]);
    table(b"y,x,x\n1,2,3\n", &["columns 2 and 3", "`x`", "rename"]);
    table(
        b"y,x,c\n1,2,3\n1,2\n",
        &["line 3", "2 cells where the header has 3"],
    );
    table(b"y,x,c\n1,2,3\n1,\xff,3\n", &["line 3, column 2", "UTF-8"]);
    table(
        b"y;x;c\n1;2;3\n1;2;3,5\n",
        &["line 3", "separate the cells"],
    );
    table(b"y;x;c\n1;2;3\n", &["no column `y`", "separate the cells"]);
    table(
        b"y,x,c\n1,\"2,3\n1,2,3\n",
        &["line 2, column 2", "never closed"],
    );
    let missing = run(Path::new("/nowhere/customers.csv"), SHIPPED);
    refused(&missing, 3, &["/nowhere/customers.csv", "cannot be read"]);
}

#[test]
fn a_stray_quote_in_the_shipped_data_is_named() {
    let text = fs::read_to_string(telco_csv()).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let last = lines[3000].rfind(',').unwrap();
    lines[3000].insert(last + 1, '"');
    let data = tempfile::NamedTempFile::new().unwrap();
    fs::write(data.path(), lines.join("\r\n")).unwrap();
    let run = run(data.path(), SHIPPED);
    assert_eq!(run.code, 3, "{}", run.stderr);
    assert!(
        run.stderr.contains("line 3001, column 21"),
        "{}",
        run.stderr
    );
}

#[test]
fn the_schema_file_says_how_missing_values_are_spelled() {
    let directory = TempDir::new().unwrap();
    let schema = directory.path().join("schema.toml");
    let csv = format!(
        "y,x,c,plan\n{}",
        rows(|row, csv| write!(csv, ",{}", ["NA", "-", "basic", ""][row % 4]).unwrap())
    );
    for (text, told) in [
        ("", "plan: 100 missing"),
        ("missing = []\n", "plan: 50 missing"),
        (
            "missing = ['', '-', 'NA', 'basic']\n",
            "plan: it has no values",
        ),
    ] {
        fs::write(&schema, text).unwrap();
        let run = run_csv(
            &csv,
            &["--schema", schema.to_str().unwrap(), "--folds", "0"],
        );
        assert_eq!(run.code, 0, "{}", run.stderr);
        assert!(run.stdout.contains(told), "{told} in {}", run.stdout);
        let model = fs::read_to_string(run.models().join("test/1/model.json")).unwrap();
        assert_eq!(model.contains("\"NA\""), text == "missing = []\n", "{text}");
    }
}

#[test]
fn headers_that_no_request_could_carry_are_refused() {
    let long = format!("y,x,{}\n{}", "c".repeat(129), rows(|_, _| {}));
    refused(&run_csv(long, &[]), 3, &["column 3 has 129 bytes"]);
    let mut names = String::new();
    for column in 0..1001 {
        write!(names, ",c{column}").unwrap();
    }
    let cells = |row| (0..1001).map(move |_| [",1.5", ",2.5"][row % 2]);
    let wide = format!("y,x,c{names}\n{}", rows(|row, csv| csv.extend(cells(row))));
    refused(&run_csv(wide, &[]), 3, &["1003 columns", "at most 1000"]);
}

/// The published model, but for what tells of its files.
fn published(run: &Run) -> Value {
    assert_eq!(run.code, 0, "{}", run.stderr);
    let model = fs::read(run.models().join("test/1/model.json")).unwrap();
    let mut model: Value = serde_json::from_slice(&model).unwrap();
    model["training"]["data_sha256"] = Value::Null;
    model["training"]["data_file"] = Value::Null;
    model["training"]["sources"] = Value::Null;
    model
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// The rows of `plain`, as Parquet in row groups of 70 rows.
fn parquet(path: &Path) {
    const SCHEMA: &str =
        "message rows { required int32 y; optional double x; optional binary c (UTF8); }";
    let text = plain();
    let rows: Vec<Vec<&str>> = text
        .lines()
        .skip(1)
        .map(|row| row.split(',').collect())
        .collect();
    let mut writer = SerializedFileWriter::new(
        File::create(path).unwrap(),
        Arc::new(parse_message_type(SCHEMA).unwrap()),
        Arc::new(WriterProperties::builder().build()),
    )
    .unwrap();
    for rows in rows.chunks(70) {
        let present = vec![1; rows.len()];
        let mut group = writer.next_row_group().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        let y: Vec<i32> = rows.iter().map(|row| row[0].parse().unwrap()).collect();
        column
            .typed::<Int32Type>()
            .write_batch(&y, None, None)
            .unwrap();
        column.close().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        let x: Vec<f64> = rows.iter().map(|row| row[1].parse().unwrap()).collect();
        column
            .typed::<DoubleType>()
            .write_batch(&x, Some(&present), None)
            .unwrap();
        column.close().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        let c: Vec<ByteArray> = rows.iter().map(|row| row[2].into()).collect();
        column
            .typed::<ByteArrayType>()
            .write_batch(&c, Some(&present), None)
            .unwrap();
        column.close().unwrap();
        group.close().unwrap();
    }
    writer.close().unwrap();
}

#[test]
fn every_format_trains_alike_whatever_its_name() {
    let directory = TempDir::new().unwrap();
    let expected = published(&run_csv(plain(), &[]));
    assert_eq!(published(&run_csv(gzip(plain().as_bytes()), &[])), expected);
    let path = directory.path().join("rows.csv");
    parquet(&path);
    assert_eq!(published(&run(&path, FIXED)), expected);
}

#[test]
fn files_of_the_same_columns_are_one_table() {
    let directory = TempDir::new().unwrap();
    let expected = published(&run_csv(plain(), &[]));
    let text = plain();
    let lines: Vec<&str> = text.lines().skip(1).collect();
    let first = directory.path().join("a.csv");
    fs::write(&first, format!("y,x,c\n{}\n", lines[..90].join("\n"))).unwrap();
    // The columns of the second file stand in another order.
    let swapped = lines[90..]
        .iter()
        .fold("c,y,x\n".to_owned(), |mut all, line| {
            let cells: Vec<&str> = line.split(',').collect();
            writeln!(all, "{},{},{}", cells[2], cells[0], cells[1]).unwrap();
            all
        });
    let second = directory.path().join("b.csv.gz");
    fs::write(&second, gzip(swapped.as_bytes())).unwrap();
    for ignored in ["_SUCCESS", ".hidden.csv", "notes.txt"] {
        fs::write(directory.path().join(ignored), "no table").unwrap();
    }
    let named = run_files(&[&first, &second], FIXED);
    assert_eq!(published(&named), expected);
    let found = run(directory.path(), FIXED);
    assert_eq!(published(&found), expected);
    let model = |run: &Run| fs::read_to_string(run.models().join("test/1/model.json")).unwrap();
    assert_eq!(model(&named), model(&found));
    assert!(model(&found).contains("a.csv and 1 more"));

    let again = run_files(&[directory.path(), &first], FIXED);
    refused(&again, 3, &["a.csv: is given twice"]);
    fs::write(&second, gzip(b"c,y,z\n1,2,3\n")).unwrap();
    refused(
        &run(directory.path(), FIXED),
        3,
        &["b.csv.gz: column 3 is `z`, which a.csv does not have"],
    );
    fs::write(&second, gzip(b"c,y\n1,2\n")).unwrap();
    refused(
        &run(directory.path(), FIXED),
        3,
        &["b.csv.gz: has no column `x`, which a.csv has"],
    );
    fs::write(&second, gzip(b"c,y,x\n1,2,3\n1,2\n")).unwrap();
    refused(
        &run(directory.path(), FIXED),
        3,
        &["b.csv.gz: line 3: 2 cells"],
    );
    fs::create_dir(directory.path().join("2024")).unwrap();
    refused(
        &run(directory.path(), FIXED),
        3,
        &["2024: is a directory within"],
    );
    let empty = TempDir::new().unwrap();
    refused(
        &run(empty.path(), FIXED),
        3,
        &["has no .csv, .csv.gz or .parquet"],
    );
}

#[test]
fn damaged_files_are_refused_and_never_crash() {
    let packed = gzip(plain().as_bytes());
    refused(
        &run_csv(&packed[..packed.len() / 2], &[]),
        3,
        &["is damaged", "incomplete"],
    );
    refused(
        &run_csv(&packed[..packed.len() - 4], &[]),
        3,
        &["is damaged"],
    );
    refused(&run_csv(b"PK\x03\x04....", &[]), 3, &["Excel workbook"]);
    refused(&run_csv(b"PAR1", &[]), 3, &["cannot be decoded"]);
    refused(&run_csv(b"PARE....PARE", &[]), 3, &["cannot be decoded"]);

    let directory = TempDir::new().unwrap();
    let path = directory.path().join("rows.parquet");
    parquet(&path);
    let sound = fs::read(&path).unwrap();
    let missing = holdfast::train::MissingSpellings::default();
    // In one process, for speed: whatever is read, nothing panics through.
    for at in (0..sound.len()).step_by(7) {
        for flip in [0xff, 0x01] {
            let mut damaged = sound.clone();
            damaged[at] ^= flip;
            fs::write(&path, &damaged).unwrap();
            let _ = holdfast::train::table::Table::read_with(&[PathBuf::from(&path)], &missing);
        }
        fs::write(&path, &sound[..at]).unwrap();
        let read = holdfast::train::table::Table::read_with(&[PathBuf::from(&path)], &missing);
        assert!(read.is_err());
    }
}

/// Found by fuzzing: a file of a kilobyte took gigabytes.
#[test]
fn a_dictionary_takes_no_memory_for_values_that_it_has_not() {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("rows.parquet");
    parquet(&path);
    let mut bytes = fs::read(&path).unwrap();
    // The header of a dictionary page, of 2 values: an `i32` is twice itself.
    let header = [0x4c, 0x15, 2 * 2];
    let at = bytes
        .windows(3)
        .position(|window| window == header)
        .unwrap();
    bytes[at + 2] = 2 * 63;
    fs::write(&path, bytes).unwrap();
    refused(&run(&path, FIXED), 3, &["`y`", "has no 63 values"]);
}

#[test]
fn parquet_columns_that_are_no_cells_are_refused() {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("rows.parquet");
    for (schema, told) in [
        ("message m { repeated int32 a; }", "`a` is nested"),
        (
            "message m { required group g { required int32 a; } }",
            "`g.a` is nested",
        ),
        (
            "message m { required fixed_len_byte_array(12) a (INTERVAL); }",
            "INTERVAL",
        ),
        (
            "message m { required int32 a; }",
            "has a header but no rows",
        ),
    ] {
        let schema = Arc::new(parse_message_type(schema).unwrap());
        let properties = Arc::new(WriterProperties::builder().build());
        let file = File::create(&path).unwrap();
        let writer = SerializedFileWriter::new(file, schema, properties).unwrap();
        writer.close().unwrap();
        refused(&run(&path, FIXED), 3, &["rows.parquet", told]);
    }
}
