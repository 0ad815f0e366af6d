//! What is said of the data, and what becomes of columns.

use std::{fmt::Write as _, fs};

use holdfast::artifact::{self, Version};
use tempfile::TempDir;

use super::{plain, refused, rows, run_csv};
use crate::support::name;

#[test]
fn data_that_cannot_be_trained_on_is_refused_with_advice() {
    let header = "y,x,c\n";
    let one_class = format!(
        "{header}{}",
        rows(|_, _| {})
            .replace("\n1,", "\n0,")
            .replacen("1,", "0,", 1)
    );
    refused(
        &run_csv(one_class, &[]),
        3,
        &["`y`", "two values, but has 1"],
    );
    let three = plain().replacen("\n0,", "\n2,", 1);
    refused(&run_csv(three, &[]), 3, &["has 3", "--target"]);
    let few: String = plain()
        .lines()
        .take(40)
        .fold(String::new(), |all, line| all + line + "\n");
    refused(
        &run_csv(few, &[]),
        3,
        &["only 13 of the rows churned", "at least 50"],
    );
    let run = run_csv(plain(), &["--id", "customer"]);
    refused(&run, 3, &["no column `customer`", "--id", "y, x, c"]);
    let run = run_csv("y,x\n".to_owned() + &"1,\n0,\n".repeat(60), &[]);
    refused(&run, 3, &["no column is left", "x (it has no values)"]);
    let run = run_csv(plain(), &["--positive", "yes"]);
    assert_eq!(run.code, 2); // given twice
}

#[test]
fn columns_that_are_no_features_are_left_out_and_named() {
    let csv = format!(
        "y,x,c,row,surname,constant,empty\n{}",
        rows(|row, csv| write!(csv, ",{},n{},k,", row + 1000, row % 90).unwrap())
    );
    let run = run_csv(csv, &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    for told in [
        "row: it looks like an identifier: 200 whole numbers",
        "surname: it looks like an identifier: 90 distinct texts",
        "constant: it is constant",
        "empty: it has no values",
        "empty: 200 missing",
    ] {
        assert!(run.stdout.contains(told), "{told} in {}", run.stdout);
    }
}

/// Rows with a number and a text that know the outcome, but for `wrong` rows.
fn leaking(wrong: usize) -> String {
    let rows = rows(|row, csv| {
        let churned = (row % 3 == 0) != (row < wrong);
        let refund = if churned { row + 500 } else { row % 7 };
        let reason = ["left", "none"][usize::from(!churned)];
        write!(csv, ",{refund},{reason}").unwrap();
    });
    format!("y,x,c,refund,reason\n{rows}")
}

#[test]
fn a_feature_that_knows_the_outcome_is_named_or_left_out() {
    let named = run_csv(leaking(1), &[]);
    assert_eq!(named.code, 0, "{}", named.stderr);
    let left_out = run_csv(leaking(0), &[]);
    assert_eq!(left_out.code, 0, "{}", left_out.stderr);
    for column in ["refund", "reason"] {
        let told = format!("WARNING: {column} predicts the outcome alone (AUC 0.9");
        assert!(named.stdout.contains(&told), "{}", named.stdout);
        let told = format!("{column}: it is practically the outcome itself (AUC 1.0000 alone)");
        assert!(left_out.stdout.contains(&told), "{}", left_out.stdout);
    }
    assert!(!named.stdout.contains("WARNING: x "));

    let schema = tempfile::NamedTempFile::new().unwrap();
    fs::write(schema.path(), "[columns.refund]\nkind = 'number'\n").unwrap();
    let kept = run_csv(leaking(0), &["--schema", schema.path().to_str().unwrap()]);
    assert_eq!(kept.code, 0, "{}", kept.stderr);
    let told = "WARNING: refund predicts the outcome alone (AUC 1.000)";
    assert!(kept.stdout.contains(told), "{}", kept.stdout);
}

#[test]
fn dates_and_odd_numbers_are_never_categories_in_silence() {
    let csv = format!(
        "y,x,c,since,paid,income,share\n{}",
        rows(|row, csv| {
            write!(
                csv,
                ",{}/{}/2024,\"{},{:03}.50\",\"{},{:03}\",\"{},{}\"",
                row % 28 + 1,
                row % 12 + 1,
                row % 9 + 1,
                row * 5 % 1000,
                row % 9 + 1,
                row * 5 % 1000,
                row % 50,
                row % 7
            )
            .unwrap();
        })
    );
    let run = run_csv(csv, &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    for told in [
        "since: it holds dates (84 distinct)",
        "days since",
        "paid: numbers spelled like 1,234.5, read as numbers",
        "numbers that can be read in two ways",
        "share: numbers spelled like 1.234,5, read as numbers",
    ] {
        assert!(run.stdout.contains(told), "{told} in {}", run.stdout);
    }
}

#[test]
fn features_that_say_the_same_are_named() {
    let csv = format!(
        "y,x,c,minutes,charge,plan\n{}",
        rows(|row, csv| {
            let minutes = (row * 17) % 93;
            let plan = ["gold", "silver", "bronze"][(row % 4 + 2 * usize::from(row % 3 == 0)) % 3];
            write!(csv, ",{minutes},{:.2},{plan}", minutes as f64 * 0.17).unwrap();
        })
    );
    let run = run_csv(csv, &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    for told in [
        "charge says the same as minutes (correlation 1.0000)",
        "WARNING: plan says the same as c",
    ] {
        assert!(run.stdout.contains(told), "{told} in {}", run.stdout);
    }
    assert_eq!(run.stdout.matches("says the same").count(), 2);
}

#[test]
fn a_category_of_one_outcome_is_named() {
    let csv = format!(
        "y,x,c,office\n{}",
        rows(|row, csv| csv.push_str(if row % 3 != 0 && row < 60 {
            ",closed"
        } else {
            ",open"
        }))
    );
    let run = run_csv(csv, &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let told = "all 40 rows with office = closed stayed";
    assert!(run.stdout.contains(told), "{}", run.stdout);
}

#[test]
fn a_feature_whose_absence_knows_the_outcome_is_named() {
    let csv = format!(
        "y,x,c,when,why\n{}",
        rows(|row, csv| {
            if row % 3 == 0 {
                write!(csv, ",{},{}", row % 7, ["price", "service"][row % 2]).unwrap();
            } else {
                csv.push_str(",,");
            }
        })
    );
    let run = run_csv(csv, &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    for column in ["when", "why"] {
        let told = format!("{column}: it is practically the outcome itself (AUC 1.0000 alone)");
        assert!(run.stdout.contains(&told), "{}", run.stdout);
    }
    assert!(!run.stdout.contains("WARNING: x "));
}

#[test]
fn values_of_another_kind_are_counted_not_printed() {
    let csv = format!(
        "y,x,c,age\n{}",
        rows(|row, csv| match row {
            3 => csv.push_str(",jane.doe@example.com"),
            4 => csv.push_str(",NaN"),
            5 => csv.push_str(",inf"),
            _ => write!(csv, ",{}", row % 60).unwrap(),
        })
    );
    let run = run_csv(csv, &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(
        run.stdout
            .contains("age: 2 values that are not of its kind")
    );
    assert!(run.stdout.contains("the first on line 5"));
    assert!(!run.stdout.contains("jane") && !run.stderr.contains("jane"));
}

#[test]
fn a_schema_file_overrules_what_values_look_like() {
    let directory = TempDir::new().unwrap();
    let schema = directory.path().join("schema.toml");
    let path = schema.to_str().unwrap();
    let csv = format!(
        "y,x,c,code\n{}",
        rows(|row, csv| write!(csv, ",{}", row % 2).unwrap())
    );

    fs::write(
        &schema,
        "[columns.code]\nkind = 'text'\n[columns.x]\nrequired = false\n",
    )
    .unwrap();
    let run = run_csv(&csv, &["--schema", path]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let content = artifact::load(&run.models(), &name("test"), Version::FIRST)
        .unwrap()
        .into_churn()
        .unwrap()
        .content;
    let features = content.model.schema().features();
    assert!(!features[0].required);
    assert_eq!(features[2].columns().len(), 3);

    fs::write(
        &schema,
        "[columns.c]\nkind = 'ignore'\n[columns.code]\nkind = 'flag'\ntrue_label = '0'\n",
    )
    .unwrap();
    let run = run_csv(&csv, &["--schema", path]);
    assert!(run.stdout.contains("c: the schema file says to ignore it"));

    for (text, code, told) in [
        ("[columns.shoe]\nkind = 'text'\n", 3, "no column `shoe`"),
        (
            "[columns.c]\nkind = 'flag'\n",
            3,
            "says that `c` is a flag, but",
        ),
        (
            "[columns.c]\nkind = 'number'\n",
            3,
            "says that `c` is a number, but",
        ),
        ("[columns.y]\nkind = 'flag'\n", 3, "that is the --target"),
        (
            "[columns.x]\ntrue_label = '1'\n",
            3,
            "says that `x` has a true_label, but it is no flag",
        ),
        ("[columns.c]\nkind = 'colour'\n", 2, "line 2"),
        ("[column.c]\n", 2, "line 1"),
    ] {
        fs::write(&schema, text).unwrap();
        refused(&run_csv(&csv, &["--schema", path]), code, &[told]);
    }
    refused(
        &run_csv(&csv, &["--schema", "/nowhere.toml"]),
        2,
        &["/nowhere.toml"],
    );
}

#[test]
fn a_million_categories_are_left_out_or_pooled() {
    let mut csv = String::from("y,x,token\n");
    for row in 0..1_000_000_u32 {
        writeln!(csv, "{},{},t{row}", row % 2, row % 13).unwrap();
    }
    let schema = tempfile::NamedTempFile::new().unwrap();
    fs::write(schema.path(), "[columns.token]\nkind = 'text'\n").unwrap();
    let schema = schema.path().to_str().unwrap();
    let kept = run_csv(&csv, &["--folds", "0", "--schema", schema]);
    assert_eq!(kept.code, 0, "{}", kept.stderr);
    assert!(!kept.stdout.contains("token: it looks"), "{}", kept.stdout);
    let content = artifact::load(&kept.models(), &name("test"), Version::FIRST)
        .unwrap()
        .into_churn()
        .unwrap()
        .content;
    let features = content.model.schema().features();
    assert_eq!(features[1].name, "token");
    assert!(features[1].columns().len() <= 2);

    let run = run_csv(csv, &["--folds", "0"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(
        run.stdout
            .contains("token: it looks like an identifier: 1000000 distinct texts in 1000000 rows; set its kind in the --schema file")
    );
}

#[test]
fn extreme_values_never_publish_a_model_that_pretends() {
    let csv = format!(
        "y,x,c,extreme\n{}",
        rows(|row, csv| write!(csv, ",{}", if row == 3 { "1e300" } else { "1" }).unwrap())
    );
    refused(&run_csv(csv, &[]), 4, &["extreme"]);
}
