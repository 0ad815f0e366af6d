//! Why a column is no feature.

use std::fmt;

/// Why a column is no feature.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::train) enum Exclusion {
    Id,
    Group,
    Time,
    Weight,
    Ignored,
    /// By its name it tells of the horizon, as the target does.
    Outcome,
    Empty,
    Constant,
    /// All of its values are whole numbers that differ.
    IdentifyingNumbers {
        distinct: usize,
    },
    IdentifyingTexts {
        distinct: usize,
        present: usize,
    },
    /// Its texts are dates.
    Dates {
        distinct: usize,
    },
    /// Its texts could be read as different numbers.
    AmbiguousNumbers {
        distinct: usize,
    },
    /// It tells the outcome by itself.
    Leak {
        area_under_curve: f64,
    },
}

impl fmt::Display for Exclusion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const ADVICE: &str = "set its kind in the --schema file to keep it";
        match self {
            Self::Id => write!(f, "the customer's id"),
            Self::Group => write!(f, "the rows are grouped by it"),
            Self::Time => write!(f, "the rows are ordered by it"),
            Self::Weight => write!(f, "the rows are weighted by it"),
            Self::Ignored => write!(f, "the schema file says to ignore it"),
            Self::Outcome => write!(
                f,
                "its name says that it tells of the days to be predicted; {ADVICE}"
            ),
            Self::Empty => write!(f, "it has no values"),
            Self::Constant => write!(f, "it is constant"),
            Self::IdentifyingNumbers { distinct } => write!(
                f,
                "it looks like an identifier: {distinct} whole numbers, all distinct; {ADVICE}"
            ),
            Self::IdentifyingTexts { distinct, present } => write!(
                f,
                "it looks like an identifier: {distinct} distinct texts in {present} rows; {ADVICE}"
            ),
            Self::Dates { distinct } => write!(
                f,
                "it holds dates ({distinct} distinct); a date says nothing of later ones: turn it into a number such as days since then, on the day of the prediction"
            ),
            Self::AmbiguousNumbers { distinct } => write!(
                f,
                "it holds {distinct} numbers that can be read in two ways (1,234 is one thousand or one and a bit); write them with a point for decimals and nothing for thousands"
            ),
            Self::Leak { area_under_curve } => write!(
                f,
                "it is practically the outcome itself (AUC {area_under_curve:.4} alone), so it was hardly known before; {ADVICE}"
            ),
        }
    }
}
