//! Protobuf on the wire, as tonic has it, but for one thing: a request that is
//! not the message it should be is the caller's fault, not an internal error.

use std::marker::PhantomData;

use prost::{Message, Name};
use tonic::{
    Status,
    codec::{Codec as TonicCodec, DecodeBuf, Decoder as TonicDecoder},
};
use tonic_prost::{ProstCodec, ProstEncoder};

use super::status::Refusal;

/// The codec of every method of the contract.
#[derive(Debug, Clone)]
pub(super) struct Codec<Encode, Decode>(PhantomData<(Encode, Decode)>);

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
    Encode: Message + Send + 'static,
    Decode: Message + Name + Default + Send + 'static,
{
    type Encode = Encode;
    type Decode = Decode;
    type Encoder = ProstEncoder<Encode>;
    type Decoder = Decoder<Decode>;

    fn encoder(&mut self) -> Self::Encoder {
        ProstCodec::<Encode, Decode>::default().encoder()
    }

    fn decoder(&mut self) -> Self::Decoder {
        Decoder(PhantomData)
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
