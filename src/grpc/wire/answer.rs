//! Messages that are bytes already when they come to the transport.

use std::marker::PhantomData;

use prost::{DecodeError, EncodeError, Message, bytes::BufMut};

use super::{Fields, MessageWriter};

/// What the codec puts on the wire.
pub(in crate::grpc) trait Answer {
    /// Writes all of it.
    fn put(self, buffer: &mut impl BufMut) -> Result<(), EncodeError>;
}

impl<M: Message> Answer for M {
    fn put(self, buffer: &mut impl BufMut) -> Result<(), EncodeError> {
        self.encode(buffer)
    }
}

/// The bytes of a message of type `M`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::grpc) struct Encoded<M> {
    bytes: Vec<u8>,
    message: PhantomData<M>,
}

impl<M> Encoded<M> {
    /// Writes a message, which will be of about so many bytes.
    pub(in crate::grpc) fn with_capacity(
        bytes: usize,
        write: impl FnOnce(&mut MessageWriter<'_>),
    ) -> Self {
        let mut bytes = Vec::with_capacity(bytes);
        write(&mut MessageWriter::new(&mut bytes, Fields::ALL));
        bytes.into()
    }
}

impl<M: Message + Default> Encoded<M> {
    /// Reads what was written.
    pub(in crate::grpc) fn read(&self) -> Result<M, DecodeError> {
        M::decode(self.bytes.as_slice())
    }
}

impl<M> From<Vec<u8>> for Encoded<M> {
    fn from(bytes: Vec<u8>) -> Self {
        Self {
            bytes,
            message: PhantomData,
        }
    }
}

impl<M> Answer for Encoded<M> {
    fn put(self, buffer: &mut impl BufMut) -> Result<(), EncodeError> {
        buffer.put_slice(&self.bytes);
        Ok(())
    }
}
