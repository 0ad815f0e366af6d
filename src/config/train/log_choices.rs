//! Words that the options of a purchase log are chosen by.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use crate::{
    customer::{Occasion, Refunds},
    train::transactions::{BadLines, Delimiter, Keeping},
};

/// As [`Delimiter`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum DelimiterFlag {
    /// ,
    Comma,
    /// ;
    Semicolon,
    /// A tab
    Tab,
    /// |
    Bar,
    /// Runs of spaces and tabs
    Space,
}

/// As [`BadLines`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum BadLinesFlag {
    /// The first one ends the run
    Refuse,
    /// They are left out and counted
    Drop,
}

/// As [`Keeping`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum KeepingFlag {
    /// They count
    Keep,
    /// They are left out and counted
    Drop,
}

/// As [`Refunds`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum RefundsFlag {
    /// They lower what was bought
    Net,
    /// They are left out
    Drop,
    /// They are told apart from what was bought
    Keep,
}

/// As [`Occasion`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum OccasionFlag {
    /// All that a customer buys on one day
    Day,
    /// Each invoice
    Invoice,
}

impl From<DelimiterFlag> for Delimiter {
    fn from(flag: DelimiterFlag) -> Self {
        match flag {
            DelimiterFlag::Comma => Self::Byte(b','),
            DelimiterFlag::Semicolon => Self::Byte(b';'),
            DelimiterFlag::Tab => Self::Byte(b'\t'),
            DelimiterFlag::Bar => Self::Byte(b'|'),
            DelimiterFlag::Space => Self::WhiteSpace,
        }
    }
}

impl From<KeepingFlag> for Keeping {
    fn from(flag: KeepingFlag) -> Self {
        match flag {
            KeepingFlag::Keep => Self::Keep,
            KeepingFlag::Drop => Self::Drop,
        }
    }
}

impl From<RefundsFlag> for Refunds {
    fn from(flag: RefundsFlag) -> Self {
        match flag {
            RefundsFlag::Net => Self::Net,
            RefundsFlag::Drop => Self::Drop,
            RefundsFlag::Keep => Self::Keep,
        }
    }
}

impl From<OccasionFlag> for Occasion {
    fn from(flag: OccasionFlag) -> Self {
        match flag {
            OccasionFlag::Day => Self::Day,
            OccasionFlag::Invoice => Self::Invoice,
        }
    }
}

impl From<BadLinesFlag> for BadLines {
    fn from(flag: BadLinesFlag) -> Self {
        match flag {
            BadLinesFlag::Refuse => Self::Refuse,
            BadLinesFlag::Drop => Self::Drop,
        }
    }
}
