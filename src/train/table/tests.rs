//! A file's dialects and faults.

use std::borrow::Cow;

use super::*;

fn parse(csv: &[u8]) -> Result<Table, TableFault> {
    parse_with(csv, &MissingSpellings::default())
}

fn parse_with(csv: &[u8], missing: &MissingSpellings) -> Result<Table, TableFault> {
    let mut builder = TableBuilder::new(missing);
    let mut lines = csv_file::read(csv, &mut builder)?;
    let rows = lines.skip_first();
    let lines = RowNumbers::Lines(lines);
    builder.end("test.csv".to_owned(), Digest::of(csv), rows, lines)?;
    Ok(builder.finish())
}

fn lines_of(table: &Table) -> Vec<u64> {
    (0..table.rows())
        .map(|row| table.place(row).number)
        .collect()
}

fn cells(csv: &str) -> Vec<Vec<Option<String>>> {
    let table = parse(csv.as_bytes()).unwrap();
    table
        .columns
        .iter()
        .map(|column| {
            (0..table.rows())
                .map(|row| column.cell(row).map(Cow::into_owned))
                .collect()
        })
        .collect()
}

fn fault_of(csv: &[u8]) -> String {
    parse(csv).unwrap_err().to_string()
}

#[test]
fn dialects_read_alike() {
    let plain = cells("a,b\n1,x\n2,y z\n");
    assert_eq!(cells("a,b\r\n1,x\r\n2,y z"), plain);
    assert_eq!(cells("\u{feff}a,b\n1,x\n2,y z\n"), plain);
    assert_eq!(cells("a , b\n 1 ,\"x\"\n2, y z \n"), plain);
}

#[test]
fn quoted_fields_may_hold_separators_and_line_breaks() {
    let table = parse("a,b\n\"1,\n\n2\",x\n3,y\n".as_bytes()).unwrap();
    assert_eq!(table.columns[0].cell(0).as_deref(), Some("1,\n\n2"));
    assert_eq!(lines_of(&table), [2, 5]);
}

#[test]
fn missing_values_have_several_spellings() {
    assert_eq!(
        cells("a\n \nNA\nnull\nNone\n0\n")[0],
        [None, None, None, Some("None".into()), Some("0".into())]
    );
}

#[test]
fn faults_name_their_place() {
    let check = |csv: &[u8], expected: &str| {
        let fault = fault_of(csv);
        assert!(fault.starts_with(expected), "{fault}");
    };
    check(b"", "is empty");
    check(b"a,b\n", "has a header but no rows");
    check(b"a,,c\n1,2,3\n", "line 1: column 2 has no name");
    check(
        b"a,b,a\n1,2,3\n",
        "line 1: columns 1 and 3 are both named `a`",
    );
    check(
        b"a,b\n1,2\n\"3\n\",4\n5\n",
        "line 5: 1 cells where the header has 2",
    );
    check(b"a,b\n1,2\n3,\xff\n", "line 3, column 2: not UTF-8");
    check(b"a,\xff\n1,2\n", "line 1, column 2: not UTF-8");
}

/// 3,000 rows of three columns, one cell replaced.
fn with_cell(row: usize, column: usize, cell: &str) -> String {
    let mut csv = "a,b,c\r\n".to_owned();
    for line in 0..3000 {
        let mut cells = ["1", "some text", "3"];
        if line == row {
            cells[column] = cell;
        }
        csv += &cells.join(",");
        csv += "\r\n";
    }
    csv
}

#[test]
fn a_stray_quote_is_refused_in_every_column() {
    for column in 0..3 {
        let fault = fault_of(with_cell(2000, column, "\"x").as_bytes());
        let expected = format!("line 2002, column {}: the cell opens", column + 1);
        assert!(fault.starts_with(&expected), "{fault}");
        // More than a cell's worth of rows follows.
        let fault =
            fault_of((with_cell(5, column, "\"x") + &with_cell(0, 0, "1").repeat(9)).as_bytes());
        let expected = format!(
            "line 7, column {}: the cell is larger than 64 KiB",
            column + 1
        );
        assert!(fault.starts_with(&expected), "{fault}");
        // Proper quotes follow, the first of which closes the stray one.
        let csv = with_cell(5, column, "\"x") + "1,2,\"3\"\r\n";
        let fault = fault_of(csv.replacen("some", "\"some\"", 8).as_bytes());
        assert!(fault.starts_with("line "), "{fault}");
    }
    let header = fault_of(b"a,\"b\n1,2\n");
    assert!(
        header.starts_with("line 1, column 2: the cell opens"),
        "{header}"
    );
    let after = fault_of(b"a,b\n1,\"2\n3,\"x\"\n");
    assert!(
        after.starts_with("line 2, column 2: text follows"),
        "{after}"
    );
}

#[test]
fn large_cells_are_refused_from_a_bound_on() {
    let csv = |bytes: usize| format!("a,b\n\n1,\"{}\"\n", "\"\"".repeat(bytes));
    assert!(parse(csv(MAX_CELL_BYTES).as_bytes()).is_ok());
    let fault = fault_of(csv(MAX_CELL_BYTES + 1).as_bytes());
    assert!(
        fault.starts_with("line 3, column 2: the cell is larger"),
        "{fault}"
    );
}

#[test]
fn proper_quotes_are_no_fault() {
    let table = parse(b"\xef\xbb\xbf\"a\" ,b\n\"say \"\"hi\"\"\r\n\",5\"\n\"\",\"x\"").unwrap();
    assert_eq!(table.columns[0].name, "a");
    assert_eq!(table.columns[0].cell(0).as_deref(), Some("say \"hi\""));
    assert_eq!(table.columns[1].cell(0).as_deref(), Some("5\""));
    assert_eq!(table.columns[1].cell(1).as_deref(), Some("x"));
    assert_eq!(lines_of(&table), [2, 4]);
}

#[test]
fn lines_are_those_of_an_editor() {
    for end in ["\n", "\r\n", "\r"] {
        let lines = |csv: &str| parse(csv.replace('\n', end).as_bytes()).map(|t| lines_of(&t));
        assert_eq!(
            lines("\na,b\n1,2\n\n\n\"3\n\n\",4\n\n5,6").unwrap(),
            [3, 6, 10]
        );
        let fault = lines("a,b\n1,2\n\n\n3\n").unwrap_err().to_string();
        assert!(fault.starts_with("line 5: 1 cells"), "{fault}");
        let csv = b"a,b\n1,2\n\n3,\xff\n".to_vec();
        let csv: Vec<u8> = csv
            .into_iter()
            .flat_map(|byte| {
                if byte == b'\n' {
                    end.as_bytes().to_vec()
                } else {
                    vec![byte]
                }
            })
            .collect();
        let fault = fault_of(&csv);
        assert!(fault.starts_with("line 4, column 2: not UTF-8"), "{fault}");
    }
}

#[test]
fn spellings_of_missing_values_can_be_replaced() {
    let missing = MissingSpellings::new(&[" - ".to_owned()]);
    let table = parse_with(b"a\nNA\n-\n \n", &missing).unwrap();
    let cells: Vec<_> = (0..3).map(|row| table.columns[0].cell(row)).collect();
    assert_eq!(cells, [Some(Cow::Borrowed("NA")), None, None]);
}

#[test]
fn another_separator_is_hinted_at() {
    let fault = fault_of(b"a;b\n1;2,5\n");
    assert!(
        fault.ends_with("`;` in it: separate the cells by commas"),
        "{fault}"
    );
    let fault = fault_of(b"a,b\n1\n");
    assert!(fault.ends_with("unquoted separator"), "{fault}");
}
