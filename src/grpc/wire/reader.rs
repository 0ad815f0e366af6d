//! Bytes of a message, read as far as they are of the usual kind; `None` where they
//! are not, or end too early.

/// What is left to read.
pub(super) struct Bytes<'b>(&'b [u8]);

impl<'b> Bytes<'b> {
    pub(super) fn new(bytes: &'b [u8]) -> Self {
        Self(bytes)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn byte(&mut self) -> Option<u8> {
        let (&first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(first)
    }

    pub(super) fn expect(&mut self, byte: u8) -> Option<()> {
        (self.byte()? == byte).then_some(())
    }

    pub(super) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (array, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*array)
    }

    pub(super) fn double(&mut self) -> Option<f64> {
        Some(f64::from_le_bytes(self.array()?))
    }

    /// A number of at most 28 bits.
    pub(super) fn varint(&mut self) -> Option<u32> {
        let mut number = 0;
        for shift in [0, 7, 14, 21] {
            let byte = self.byte()?;
            number |= u32::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    /// Bytes after their length.
    pub(super) fn delimited(&mut self) -> Option<&'b [u8]> {
        self.delimited_and_on().map(|(delimited, _)| delimited)
    }

    /// All that is left.
    pub(super) fn rest(&self) -> &'b [u8] {
        self.0
    }

    /// Bytes after their length, and the same with all that follows.
    pub(super) fn delimited_and_on(&mut self) -> Option<(&'b [u8], &'b [u8])> {
        let length = usize::try_from(self.varint()?).ok()?;
        let on = self.0;
        let (delimited, rest) = on.split_at_checked(length)?;
        self.0 = rest;
        Some((delimited, on))
    }

    pub(super) fn text(&mut self) -> Option<&'b str> {
        std::str::from_utf8(self.delimited()?).ok()
    }

    /// `read`, if nothing is left.
    pub(super) fn end<T>(&self, read: T) -> Option<T> {
        self.0.is_empty().then_some(read)
    }
}
