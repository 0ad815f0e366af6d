//! Frames of HTTP/2 (RFC 9113), made by hand: a library would not send these.

use std::io;

/// What a connection begins with, before its settings.
pub(crate) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const PRIORITY: u8 = 2;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const WINDOW_UPDATE: u8 = 8;
const CONTINUATION: u8 = 9;

const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

/// What a server says before it closes a connection.
pub(crate) const GOAWAY: u8 = 7;

/// Identifiers of settings.
pub(crate) const HEADER_TABLE_SIZE: u16 = 1;
pub(crate) const INITIAL_WINDOW_SIZE: u16 = 4;

/// Whether a frame is the last of its stream, or of its headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum More {
    Follows,
    Ends,
}

/// A frame as it was read.
pub(crate) struct Read {
    pub(crate) kind: u8,
    flags: u8,
    pub(crate) payload: Vec<u8>,
}

impl Read {
    pub(crate) fn of(mut stream: impl io::Read) -> io::Result<Self> {
        let mut head = [0; 9];
        stream.read_exact(&mut head)?;
        let [a, b, c, kind, flags, ..] = head;
        let length = u32::from_be_bytes([0, a, b, c]);
        let mut payload = vec![0; usize::try_from(length).unwrap()];
        stream.read_exact(&mut payload)?;
        let read = Self {
            kind,
            flags,
            payload,
        };
        Ok(read)
    }

    pub(crate) fn is_data(&self) -> bool {
        self.kind == DATA
    }

    pub(crate) fn is_ping(&self) -> bool {
        self.kind == PING
    }

    pub(crate) fn ends_its_stream(&self) -> bool {
        [DATA, HEADERS].contains(&self.kind) && self.flags & END_STREAM != 0
    }
}

pub(crate) fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let head = [&length[1..], &[kind, flags], &stream.to_be_bytes()].concat();
    [&head, payload].concat()
}

pub(crate) fn settings(values: &[(u16, u32)]) -> Vec<u8> {
    let value = |(id, value): &(u16, u32)| [&id.to_be_bytes()[..], &value.to_be_bytes()].concat();
    let payload: Vec<u8> = values.iter().flat_map(value).collect();
    frame(SETTINGS, 0, 0, &payload)
}

/// Headers of a call whose message follows.
pub(crate) fn headers(stream: u32, block: &[u8], more: More) -> Vec<u8> {
    frame(HEADERS, flag(more, END_HEADERS), stream, block)
}

pub(crate) fn continuation(stream: u32, block: &[u8], more: More) -> Vec<u8> {
    frame(CONTINUATION, flag(more, END_HEADERS), stream, block)
}

pub(crate) fn data(stream: u32, payload: &[u8], more: More) -> Vec<u8> {
    frame(DATA, flag(more, END_STREAM), stream, payload)
}

pub(crate) fn reset(stream: u32) -> Vec<u8> {
    const CANCEL: u32 = 8;
    frame(RST_STREAM, 0, stream, &CANCEL.to_be_bytes())
}

pub(crate) fn ping() -> Vec<u8> {
    frame(PING, 0, 0, b"holdfast")
}

pub(crate) fn window_update(stream: u32, bytes: u32) -> Vec<u8> {
    frame(WINDOW_UPDATE, 0, stream, &bytes.to_be_bytes())
}

/// Depends on the connection itself, with a weight that changes.
pub(crate) fn priority(stream: u32, weight: u8) -> Vec<u8> {
    frame(PRIORITY, 0, stream, &[0, 0, 0, 0, weight])
}

/// The headers of a call of a method, each in full: nothing of them is remembered.
pub(crate) fn call(method: &str) -> Vec<u8> {
    let path = format!("/holdfast.v1.{method}");
    let mut block = vec![0x83, 0x86]; // :method POST, :scheme http
    block.extend(named(4, &path));
    block.extend(named(1, "server"));
    block.extend(literal("content-type", "application/grpc"));
    block.extend(literal("te", "trailers"));
    block
}

/// A header that is not remembered (RFC 7541, 6.2.2).
pub(crate) fn literal(name: &str, value: &str) -> Vec<u8> {
    [vec![0], text(name), text(value)].concat()
}

/// A header that is remembered (RFC 7541, 6.2.1): it becomes index 62.
pub(crate) fn remembered(name: &str, value: &str) -> Vec<u8> {
    [vec![0x40], text(name), text(value)].concat()
}

/// The name by its number in the static table.
fn named(index: u8, value: &str) -> Vec<u8> {
    [vec![index], text(value)].concat()
}

fn text(text: &str) -> Vec<u8> {
    [number(text.len()), text.as_bytes().to_vec()].concat()
}

/// An integer with a prefix of seven bits (RFC 7541, 5.1).
fn number(number: usize) -> Vec<u8> {
    let Some(mut rest) = number.checked_sub(0x7f) else {
        return vec![u8::try_from(number).unwrap()];
    };
    let mut bytes = vec![0x7f];
    while rest >= 0x80 {
        bytes.push(u8::try_from(rest % 0x80).unwrap() | 0x80);
        rest /= 0x80;
    }
    bytes.push(u8::try_from(rest).unwrap());
    bytes
}

fn flag(more: More, flag: u8) -> u8 {
    match more {
        More::Follows => 0,
        More::Ends => flag,
    }
}
