//! What fuzz targets reach that no caller does.

use super::wire;

/// Holds that the bytes of a `Customer` are read as protobuf means them.
///
/// # Panics
///
/// When they are not.
pub fn customer(bytes: &[u8]) {
    wire::customer::alike::check(bytes);
}

/// The same of a `CustomerColumns`.
///
/// # Panics
///
/// When they are not.
pub fn columns(bytes: &[u8]) {
    wire::columns::alike::check(bytes);
}
