//! The messages of a stream.

use prost::{
    DecodeError,
    bytes::{Buf, BufMut, Bytes},
    encoding::{self, DecodeContext, WireType},
};

use crate::grpc::proto;

/// `holdfast.v1.StreamScoresRequest`.
#[derive(Clone, PartialEq, prost::Message)]
pub(in crate::grpc) struct StreamScoresRequest {
    #[prost(uint64, tag = "1")]
    pub(in crate::grpc) sequence: u64,
    #[prost(message, optional, tag = "2")]
    pub(in crate::grpc) settings: Option<proto::StreamSettings>,
    #[prost(oneof = "Customers", tags = "10, 11")]
    pub(in crate::grpc) customers: Option<Customers>,
}

/// Which shape the customers of a stream have.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::grpc) enum Customers {
    /// A `CustomerRows`.
    Rows(CustomerRows),
    /// The bytes of a `CustomerColumns`, in parts.
    Columns(Vec<Bytes>),
}

/// `holdfast.v1.CustomerRows`.
#[derive(Clone, PartialEq, prost::Message)]
pub(in crate::grpc) struct CustomerRows {
    #[prost(bytes = "bytes", repeated, tag = "1")]
    pub(in crate::grpc) customers: Vec<Bytes>,
}

const ROWS: u32 = 10;
const COLUMNS: u32 = 11;

/// What is derived for a oneof, but that columns stay bytes: parts of a message are
/// merged, as [`merged`](super::merged) does, and the last shape counts.
impl Customers {
    fn merge(
        field: &mut Option<Self>,
        tag: u32,
        wire_type: WireType,
        buffer: &mut impl Buf,
        context: DecodeContext,
    ) -> Result<(), DecodeError> {
        let before = field.take();
        let read = if tag == ROWS {
            let mut rows = match before {
                Some(Self::Rows(rows)) => rows,
                _ => CustomerRows::default(),
            };
            encoding::message::merge(wire_type, &mut rows, buffer, context)?;
            Self::Rows(rows)
        } else {
            let mut parts = match before {
                Some(Self::Columns(parts)) => parts,
                _ => Vec::new(),
            };
            encoding::bytes::merge_repeated(wire_type, &mut parts, buffer, context)?;
            Self::Columns(parts)
        };
        *field = Some(read);
        Ok(())
    }

    fn encode(&self, buffer: &mut impl BufMut) {
        match self {
            Self::Rows(rows) => encoding::message::encode(ROWS, rows, buffer),
            Self::Columns(parts) => encoding::bytes::encode_repeated(COLUMNS, parts, buffer),
        }
    }

    fn encoded_len(&self) -> usize {
        match self {
            Self::Rows(rows) => encoding::message::encoded_len(ROWS, rows),
            Self::Columns(parts) => encoding::bytes::encoded_len_repeated(COLUMNS, parts),
        }
    }
}
