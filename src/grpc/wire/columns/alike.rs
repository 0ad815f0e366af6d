//! What is read fast is what protobuf means: held by property tests and by fuzzing.

use prost::Message as _;

use super::read_columns;
use crate::{
    customer::{CustomerColumns, SentColumns},
    grpc::proto,
};

/// All that can be asked of columns; texts, for numbers need not be equal to
/// themselves.
pub(super) fn told(sent: SentColumns<'_>) -> String {
    match CustomerColumns::new(sent) {
        Err(violations) => format!("{violations:?}"),
        Ok(columns) => {
            let rows = 0..columns.rows();
            let row = |row| {
                let snapshot = columns.snapshot(row);
                snapshot.map_err(|invalid| invalid.violations().clone())
            };
            let rows: Vec<_> = rows.map(row).collect();
            format!("{rows:?}")
        }
    }
}

/// Reads bytes by both ways.
///
/// # Panics
///
/// When they differ.
pub(in crate::grpc) fn check(bytes: &[u8]) {
    let general = proto::CustomerColumns::decode(bytes);
    let mut room = proto::CustomerColumns::default();
    let read = read_columns(bytes, &mut room).map(told);
    let general = general.map(|general| told(SentColumns::from(&general)));
    assert_eq!(read, general);
}
