//! Groups, times, weights, and the splits that follow from them.

use std::fmt::Write as _;

use super::{plain, refused, rows, run_csv};

fn with_column(name: &str, cell: impl Fn(usize) -> String) -> String {
    let rows = rows(|row, csv| write!(csv, ",{}", cell(row)).unwrap());
    format!("y,x,c,{name}\n{rows}")
}

#[test]
fn roles_are_no_features() {
    for (option, why, cell) in [
        ("--group", "the rows are grouped by it", "7"),
        ("--time", "the rows are ordered by it", ""),
        ("--weight", "the rows are weighted by it", "2.5"),
    ] {
        let csv = with_column("role", |row| match option {
            "--group" => format!("g{}", row % 40),
            "--time" => format!("2024-{:02}-{:02}", row * 7 % 200 / 28 + 1, row * 7 % 28 + 1),
            _ => cell.to_owned(),
        });
        let run = run_csv(csv, &[option, "role"]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        let told = format!("role: {why}");
        assert!(run.stdout.contains(&told), "{}", run.stdout);
        refused(
            &run_csv(plain(), &[option, "role"]),
            3,
            &["no column `role`", option],
        );
        refused(
            &run_csv(plain(), &[option, "y"]),
            3,
            &["`y` is named by both --target"],
        );
    }
    let csv = with_column("when", |row| row.to_string());
    let both = run_csv(csv, &["--group", "c", "--time", "when"]);
    refused(&both, 3, &["--group and --time"]);
}

#[test]
fn repeated_ids_and_equal_rows_stay_together() {
    let csv = with_column("customer", |row| format!("k{}", row / 2));
    let run = run_csv(csv, &["--id", "customer"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(
        run.stdout.contains("rows of one id stay on one side"),
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains("100 rows that repeat an earlier id"));

    // Every row twice: copies, which would be learnt by heart.
    let once = with_column("exact", |row| format!("{}.{row}", row * row));
    let (header, body) = once.split_once('\n').unwrap();
    let run = run_csv(format!("{header}\n{body}{body}"), &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(
        run.stdout.contains("200 rows that repeat an earlier row"),
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains("equal rows stay on one side"));

    // Rows that look alike and end otherwise are no copies.
    let mut alike = String::new();
    for row in 0..400 {
        writeln!(alike, "{},{}", row * 7 % 3 / 2, row % 5).unwrap();
    }
    let run = run_csv(format!("y,x\n{alike}"), &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(
        run.stdout.contains("390 rows that repeat"),
        "{}",
        run.stdout
    );
    assert!(!run.stdout.contains("stay on one side"));
}

#[test]
fn parts_that_lack_an_outcome_are_refused_before_the_fit() {
    // All who churn are one group.
    let csv = with_column("shop", |row| {
        if row % 3 == 0 {
            "north".to_owned()
        } else {
            format!("s{}", row % 20)
        }
    });
    let run = run_csv(&csv, &["--group", "shop"]);
    refused(&run, 3, &["has no row that churned", "--held-out-share"]);
    // All who churn come first.
    let csv = with_column("when", |row| {
        (row + usize::from(row % 3 != 0) * 1000).to_string()
    });
    let run = run_csv(&csv, &["--time", "when"]);
    refused(&run, 3, &["has no row that churned", "latest"]);
    // Too few groups for the folds.
    let csv = with_column("shop", |row| format!("s{}", row % 4));
    let run = run_csv(&csv, &["--group", "shop", "--folds", "5"]);
    refused(&run, 3, &["fold", "of 5 has no row that", "fewer --folds"]);
}

#[test]
fn weights_and_times_that_are_none_are_refused_with_their_place() {
    for (cell, told) in [
        ("-1", "line 5: the --weight in `role` is negative"),
        ("", "line 5: the --weight in `role` is missing"),
        ("inf", "line 5: the --weight in `role` is no finite number"),
        (
            "heavy",
            "line 5: the --weight in `role` is no finite number",
        ),
    ] {
        let csv = with_column("role", |row| if row == 3 { cell } else { "1" }.to_owned());
        refused(
            &run_csv(csv, &["--weight", "role"]),
            3,
            &[told, "at least 0"],
        );
    }
    let csv = with_column("role", |_| "0".to_owned());
    refused(
        &run_csv(csv, &["--weight", "role"]),
        3,
        &["has the --weight 0"],
    );

    for (cell, told) in [
        ("", "line 5: the --time in `role` has no time"),
        ("soon", "line 5: the --time in `role` is no date"),
        ("31/12/2024", "line 5: the --time in `role` is no date"),
        ("2024-02-30", "line 5: the --time in `role` is no date"),
    ] {
        let csv = with_column("role", |row| {
            if row == 3 {
                cell.to_owned()
            } else {
                format!("2024-01-{:02}", row % 28 + 1)
            }
        });
        refused(&run_csv(csv, &["--time", "role"]), 3, &[told]);
    }
    let csv = with_column("role", |_| "2024-01-01".to_owned());
    refused(
        &run_csv(csv, &["--time", "role"]),
        3,
        &["all rows have the same --time"],
    );
}
