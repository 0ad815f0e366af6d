//! Short texts, compared whole: which of a few stands in a request cannot be
//! foretold, so that no branch should depend on it.

/// The most bytes of a short text.
pub(crate) const SHORT_BYTES: usize = 32;

const WORD_BYTES: usize = size_of::<u64>();
const WORDS: usize = SHORT_BYTES / WORD_BYTES;

/// A text of at most [`SHORT_BYTES`], with zeros behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Short {
    words: [u64; WORDS],
    length: u64,
}

/// For each length, the bits of the words that belong to a text.
const MASKS: [[u64; WORDS]; SHORT_BYTES + 1] = masks();

const fn masks() -> [[u64; WORDS]; SHORT_BYTES + 1] {
    let mut masks = [[0; WORDS]; SHORT_BYTES + 1];
    let mut length = 0;
    while length <= SHORT_BYTES {
        let mut byte = 0;
        while byte < length {
            masks[length][byte / WORD_BYTES] |= 0xff << (byte % WORD_BYTES * 8);
            byte += 1;
        }
        length += 1;
    }
    masks
}

impl Short {
    /// The whole of a text, if it is short.
    pub(crate) fn of(text: &[u8]) -> Option<Self> {
        let mut bytes = [0; SHORT_BYTES];
        bytes.get_mut(..text.len())?.copy_from_slice(text);
        Self::first(&bytes, text.len())
    }

    /// The first `length` of these bytes, if they are a short text, and enough of them
    /// are there for words to be read at once.
    #[inline]
    pub(crate) fn first(bytes: &[u8], length: usize) -> Option<Self> {
        Some(Self {
            words: masked(bytes, MASKS.get(length)?)?,
            length: length as u64,
        })
    }

    /// Whether it is the other, without a branch.
    #[inline]
    pub(crate) fn is(&self, other: &Self) -> bool {
        unlike(self.words, other.words) | (self.length ^ other.length) == 0
    }

    /// Whether these bytes begin with it, if enough of them are there for words to be
    /// read at once.
    #[inline]
    pub(crate) fn begins(&self, bytes: &[u8]) -> bool {
        let mask = usize::try_from(self.length)
            .ok()
            .and_then(|at| MASKS.get(at));
        let words = mask.and_then(|mask| masked(bytes, mask));
        words.is_some_and(|words| unlike(self.words, words) == 0)
    }
}

#[inline]
fn masked(bytes: &[u8], mask: &[u64; WORDS]) -> Option<[u64; WORDS]> {
    let bytes = bytes.first_chunk::<SHORT_BYTES>()?;
    let mut words = *mask;
    for (word, bytes) in words.iter_mut().zip(bytes.as_chunks().0) {
        *word &= u64::from_le_bytes(*bytes);
    }
    Some(words)
}

/// The bits that are not the same.
#[inline]
fn unlike(words: [u64; WORDS], others: [u64; WORDS]) -> u64 {
    let pairs = words.iter().zip(others);
    pairs.fold(0, |unlike, (word, other)| unlike | (word ^ other))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn short_texts_are_equal_as_texts_are(
            text in prop::collection::vec(0_u8..3, 0..40),
            length in 0_usize..40,
            other in prop::collection::vec(0_u8..3, 0..40),
        ) {
            let first = Short::first(&text, length);
            prop_assert_eq!(first.is_some(), text.len() >= SHORT_BYTES && length <= SHORT_BYTES);
            let short = Short::of(&other);
            prop_assert_eq!(short.is_some(), other.len() <= SHORT_BYTES);
            if let (Some(first), Some(short)) = (first, short) {
                prop_assert_eq!(first.is(&short), text[..length] == other);
                prop_assert!(first.is(&Short::of(&text[..length]).unwrap()));
                prop_assert!(first.begins(&text));
                prop_assert_eq!(short.begins(&text), text.starts_with(&other));
            }
        }
    }
}
