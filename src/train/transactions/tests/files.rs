//! Formats of files, times and zones.

use std::{io::Write as _, path::Path, sync::Arc};

use parquet::{
    data_type::{DoubleType, Int32Type},
    file::writer::SerializedFileWriter,
    schema::parser::parse_message_type,
};

use super::*;

#[test]
fn times_that_read_in_two_ways_are_asked_about() {
    let text = "id;time;amount\n1;1/12/2010 8:26;5,50\n";
    let comma = |options: &mut LogOptions| options.dialect.decimal_mark = DecimalMark::Comma;
    let unclear = error(read(text, comma));
    assert!(
        unclear.contains("read as %d/%m/%Y %H:%M and as %m/%d/%Y %H:%M"),
        "{unclear}"
    );
    let log = read(text, |options| {
        comma(options);
        options.time_format = "%d/%m/%Y %H:%M".parse().unwrap();
    });
    assert_eq!(days(&log.unwrap()), ["1 2010-12-01 5.5 0 1"]);
    let clear = "id\ttime\tamount\n1\t13.12.2010\t5\n1\t01.02.2011\t5\n";
    assert_eq!(
        read(clear, |_| {}).unwrap().last_day().to_string(),
        "2011-02-01"
    );
}

#[test]
fn days_are_those_of_the_stated_zone() {
    let text = "id,time,amount\n1,2011-07-01T23:30:00Z,5\n";
    let log = read(text, |options| {
        options.time_zone = "Europe/London".parse().unwrap();
    });
    assert_eq!(log.unwrap().first_day().to_string(), "2011-07-02");
    let log = read("id,time,amount\n1,1309563000,5\n", |options| {
        options.time_format = TimeFormat::UnixSeconds;
    });
    assert_eq!(log.unwrap().first_day().to_string(), "2011-07-01");
}

#[test]
fn several_files_make_one_log() {
    let one: &[u8] = b"id,time,amount\n1,2011-01-01,5\n";
    let two: &[u8] = b"amount,id,time\n7,1,2011-01-02\n,1,2011-01-02\n";
    let log = read_files(&[one, two], |options| {
        options.cleaning.bad_lines = BadLines::Drop;
    });
    let log = log.unwrap();
    assert_eq!(days(&log), ["1 2011-01-01 5 0 1", "1 2011-01-02 7 0 1"]);
    assert!(log.cleaning().to_string().contains("log1.csv, line 3"));
    assert_eq!(log.name(), "log0.csv and 1 more");
    let same = error(read_files(&[one, one], |_| {}));
    assert!(
        same.contains("log0.csv and log1.csv hold the same bytes"),
        "{same}"
    );
}

#[test]
fn logs_within_gzip_read_alike() {
    let text = b"id,time,amount\n1,2011-01-01,5\n1,2011-01-02,6\n";
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(text).unwrap();
    let packed = packed.finish().unwrap();
    let log = read_files(&[&packed], |_| {}).unwrap();
    assert_eq!(days(&log), days(&read_files(&[text], |_| {}).unwrap()));
    let cut = read_files(&[&packed[..packed.len() - 9]], |_| {});
    assert!(matches!(
        cut,
        Err(LogError::Table(error)) if matches!(error.fault, TableFault::Gzip { .. })
    ));
}

#[test]
fn what_is_not_there_is_named() {
    let no_column = error(read("id,when,amount\n1,2011-01-01,5\n", |_| {}));
    assert!(
        no_column.contains("no column `time` (asked for by --time); the header has: id, when"),
        "{no_column}"
    );
    let position = error(read("1 20110101 5\n", |options| {
        options.dialect.header = HeaderLine::Absent;
    }));
    assert!(
        position.contains("--customer must be a position from 1 to 3"),
        "{position}"
    );
    for (text, reason) in [
        ("", "is empty"),
        ("id,time,amount\n", "no rows"),
        ("id,time,amount\n1,2011-01-01\n", "line 2: 2 cells"),
        ("id,time,amount\n1,2011-01-01,-5\n", "no purchase is left"),
        ("id,time,amount\n,2011-01-01,5\n", "no purchase is left"),
    ] {
        let error = error(read(text, |_| {}));
        assert!(error.contains(reason), "{error}");
    }
}

/// Ids as floats, days, and amounts of which one is missing, in two row groups.
fn parquet(path: &Path) {
    const SCHEMA: &str = "message log {
        required double id; required int32 time (DATE); optional double amount; }";
    let schema = Arc::new(parse_message_type(SCHEMA).unwrap());
    let file = fs::File::create(path).unwrap();
    let mut writer = SerializedFileWriter::new(file, schema, Arc::default()).unwrap();
    for (ids, days, amounts, present) in [
        (vec![17850.0, 9.0], vec![14_944, 14_945], vec![5.5], [1, 0]),
        (
            vec![9.0, 9.0],
            vec![14_946, 14_946],
            vec![1.25, -1.0],
            [1, 1],
        ),
    ] {
        let mut group = writer.next_row_group().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        let typed = column.typed::<DoubleType>();
        typed.write_batch(&ids, None, None).unwrap();
        column.close().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        let typed = column.typed::<Int32Type>();
        typed.write_batch(&days, None, None).unwrap();
        column.close().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        let typed = column.typed::<DoubleType>();
        typed.write_batch(&amounts, Some(&present), None).unwrap();
        column.close().unwrap();
        group.close().unwrap();
    }
    writer.close().unwrap();
}

#[test]
fn parquet_reads_by_its_types() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("log.parquet");
    parquet(&path);
    let mut options = options(vec![path]);
    // Days are dates by their type, whatever the format of texts.
    options.time_format = "%d/%m/%Y".parse().unwrap();
    let refused = error(read_log(&options, &Silent));
    assert!(
        refused.contains("log.parquet, row 2, column `amount`"),
        "{refused}"
    );
    options.cleaning.bad_lines = BadLines::Drop;
    let log = read_log(&options, &Silent).unwrap();
    assert_eq!(
        days(&log),
        ["9 2010-12-03 1.25 1 1", "17850 2010-12-01 5.5 0 1"]
    );
    assert_eq!(log.sources()[0].rows, 4);
}
