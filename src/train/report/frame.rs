//! The frame and the pieces of reports and cards, for kinds of models whose own
//! are made elsewhere.

pub(in crate::train) use super::card::markdown::{Card, code, escaped, noted, stated};
pub(in crate::train) use super::html::{
    page::Page,
    parts::{Section, fact, files, head, name, settings, table},
};
pub(in crate::train) use super::text::{compact, count, percent, rounded};
