//! How a cell says that its value is missing, beside being blank.

/// Spellings of a missing value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingSpellings {
    spellings: Vec<String>,
    /// By the first byte of a cell: whether a spelling begins with it. Most cells
    /// need no more than this look.
    begins: [bool; 256],
}

impl MissingSpellings {
    /// These and no others; white space around them does not count.
    #[must_use]
    pub fn new(spellings: &[String]) -> Self {
        let spellings: Vec<String> = spellings
            .iter()
            .map(|spelling| spelling.trim().to_owned())
            .collect();
        let mut begins = [false; 256];
        for byte in spellings.iter().filter_map(|text| text.bytes().next()) {
            begins[usize::from(byte)] = true;
        }
        Self { spellings, begins }
    }

    /// Whether a trimmed cell has no value.
    pub(in crate::train) fn has(&self, cell: &[u8]) -> bool {
        cell.first().is_none_or(|&first| {
            self.begins[usize::from(first)]
                && self
                    .spellings
                    .iter()
                    .any(|spelling| spelling.as_bytes() == cell)
        })
    }
}

impl Default for MissingSpellings {
    fn default() -> Self {
        Self::new(&["NA", "N/A", "NaN", "null", "NULL"].map(str::to_owned))
    }
}
