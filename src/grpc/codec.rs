//! Protobuf on the wire, as tonic has it, but for two things: a request that is
//! not the message it should be is the caller's fault, not an internal error; and
//! an answer may be bytes already.

use std::marker::PhantomData;

use prost::{Message, Name};
use tonic::{
    Status,
    codec::{
        Codec as TonicCodec, DecodeBuf, Decoder as TonicDecoder, EncodeBuf, Encoder as TonicEncoder,
    },
};

use super::{status::Refusal, wire::Answer};

/// The codec of every method of the contract.
#[derive(Debug, Clone)]
pub(super) struct Codec<Encode, Decode>(PhantomData<(Encode, Decode)>);

/// Encodes messages of one type.
#[derive(Debug, Clone)]
pub(super) struct Encoder<Encode>(PhantomData<Encode>);

/// Decodes messages of one type.
#[derive(Debug, Clone)]
pub(super) struct Decoder<Decode>(PhantomData<Decode>);

impl<Encode, Decode> Default for Codec<Encode, Decode> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<Encode, Decode> TonicCodec for Codec<Encode, Decode>
where
    Encode: Answer + Send + 'static,
    Decode: Message + Name + Default + Send + 'static,
{
    type Encode = Encode;
    type Decode = Decode;
    type Encoder = Encoder<Encode>;
    type Decoder = Decoder<Decode>;

    fn encoder(&mut self) -> Self::Encoder {
        Encoder(PhantomData)
    }

    fn decoder(&mut self) -> Self::Decoder {
        Decoder(PhantomData)
    }
}

impl<Encode: Answer> TonicEncoder for Encoder<Encode> {
    type Item = Encode;
    type Error = Status;

    fn encode(&mut self, message: Encode, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        let put = message.put(buffer);
        put.map_err(|error| Status::internal(error.to_string()))
    }
}

impl<Decode: Message + Name + Default> TonicDecoder for Decoder<Decode> {
    type Item = Decode;
    type Error = Status;

    fn decode(&mut self, bytes: &mut DecodeBuf<'_>) -> Result<Option<Decode>, Status> {
        Decode::decode(bytes).map(Some).map_err(|error| {
            // The contract's lint holds every request, and nothing else, to this name.
            if Decode::NAME.ends_with("Request") {
                Refusal::Malformed(error).into()
            } else {
                Status::internal(error.to_string())
            }
        })
    }
}
