//! Cells between runs of white space, turned into cells between tabs.

use std::io::{self, Read};

/// A text whose runs of spaces and tabs are one tab each, and none at either end
/// of a line. What stands within quotes stays as it is; so do line breaks.
pub(super) struct Squeezed<R> {
    bytes: R,
    place: Place,
    quoted: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    LineStart,
    Cell,
    /// Behind a cell, in a run of white space.
    Behind,
}

impl<R: Read> Squeezed<R> {
    pub(super) fn new(bytes: R) -> Self {
        Self {
            bytes,
            place: Place::LineStart,
            quoted: false,
        }
    }

    /// Squeezes a piece in place, and tells how long it has become. A tab takes
    /// the place of a space before it, so that it never gets longer.
    fn squeeze(&mut self, piece: &mut Vec<u8>, from: &[u8]) {
        for &byte in from {
            if self.quoted {
                self.quoted = byte != b'"';
            } else {
                match byte {
                    b' ' | b'\t' => {
                        if self.place == Place::Cell {
                            self.place = Place::Behind;
                        }
                        continue;
                    }
                    b'\n' | b'\r' => self.place = Place::LineStart,
                    byte => {
                        if self.place == Place::Behind {
                            piece.push(b'\t');
                        }
                        self.place = Place::Cell;
                        self.quoted = byte == b'"';
                    }
                }
            }
            piece.push(byte);
        }
    }
}

impl<R: Read> Read for Squeezed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.len() < 2 {
            return Err(io::Error::other("a buffer of at least two bytes is needed"));
        }
        // A tab owed from the piece before may make one byte of two.
        let most = buffer.len() - 1;
        loop {
            let length = self.bytes.read(&mut buffer[..most])?;
            if length == 0 {
                return Ok(0);
            }
            let mut piece = Vec::with_capacity(length + 1);
            self.squeeze(&mut piece, &buffer[..length]);
            if !piece.is_empty() {
                buffer[..piece.len()].copy_from_slice(&piece);
                return Ok(piece.len());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn squeezed(text: &[u8], step: usize) -> Vec<u8> {
        let mut reader = Squeezed::new(text);
        let mut all = Vec::new();
        let mut buffer = vec![0; step + 1];
        loop {
            match reader.read(&mut buffer).unwrap() {
                0 => return all,
                length => all.extend(&buffer[..length]),
            }
        }
    }

    #[test]
    fn cells_stand_between_tabs() {
        let text = b"  1  2\t 3 \r\n\n \"a  b\"  c";
        assert_eq!(squeezed(text, 100), b"1\t2\t3\r\n\n\"a  b\"\tc");
    }

    proptest! {
        #[test]
        fn pieces_do_not_matter(text in "[ \t\n\"a1]{0,40}", step in 1..20_usize) {
            prop_assert_eq!(squeezed(text.as_bytes(), step), squeezed(text.as_bytes(), 1000));
        }
    }
}
