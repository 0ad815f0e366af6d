//! Requests as they arrive: a message is handed on once a fair part of it has come.
//!
//! The transport makes room for all of a message as soon as it knows its length,
//! which is five bytes. What a caller only announces must not take memory: so the
//! bytes of a large message wait here until there is an eighth of it. And what was
//! begun must come: a message byte by byte would hold its call for ever.

mod patience;

use std::{
    collections::VecDeque,
    pin::Pin,
    task::{Context, Poll, ready},
};

use http_body::Frame;
use prost::bytes::Bytes;
use tonic::{Status, body::Body, codegen::Body as HttpBody};

use super::status::message_too_slow;
use patience::Patience;

/// What a message begins with: whether it is compressed, and its length.
const HEADER: usize = 5;
/// Messages up to this, in bytes, are handed on as they come.
const SMALL: usize = 1 << 16;
/// Of a larger one, the part that has to be there, as a divisor.
const PART: usize = 8;

/// The body of a request.
pub(super) struct Arriving {
    body: Body,
    message: Message,
    /// May be handed on.
    ready: VecDeque<Bytes>,
    /// Waits for more of its message.
    held: VecDeque<Bytes>,
    /// What came after all data; it may be an error.
    last: Option<Result<Frame<Bytes>, Status>>,
    /// With the message that is awaited.
    patience: Option<Patience>,
    ended: bool,
}

/// The message that is arriving.
struct Message {
    /// A longer one, in bytes, is the transport's to refuse.
    limit: usize,
    header: [u8; HEADER],
    /// How much of the header came.
    begun: usize,
    /// How much came after it.
    came: usize,
    /// How many messages came before.
    whole: u64,
}

impl Arriving {
    /// A body like this one, of messages up to `limit` bytes each.
    pub(super) fn over(body: Body, limit: usize) -> Body {
        if body.is_end_stream() {
            return body;
        }
        Body::new(Self {
            body,
            message: Message::new(limit),
            ready: VecDeque::new(),
            held: VecDeque::new(),
            last: None,
            patience: None,
            ended: false,
        })
    }

    /// Waits for more, unless that of a message has taken too long: then it is the end.
    fn poll_too_slow(&mut self, context: &mut Context<'_>) -> Poll<Status> {
        let Message { whole, came, .. } = self.message;
        if !self.message.is_begun() {
            self.patience = None;
            return Poll::Pending;
        }
        let patience = self
            .patience
            .take()
            .filter(|patience| patience.is_with(whole));
        let patience = self
            .patience
            .insert(patience.unwrap_or_else(|| Patience::new(whole)));
        ready!(patience.poll_ends(came, context));
        self.held.clear();
        self.ended = true;
        Poll::Ready(message_too_slow())
    }

    /// Takes what came; gives back what may be handed on first.
    fn take(&mut self, mut data: Bytes) -> Option<Bytes> {
        let free = self.message.read(&data);
        if free > 0 {
            self.ready.append(&mut self.held);
        }
        let handed = data.split_to(free);
        if !data.is_empty() {
            self.held.push_back(data);
        }
        if !handed.is_empty() {
            self.ready.push_back(handed);
        }
        self.ready.pop_front()
    }
}

impl Message {
    fn new(limit: usize) -> Self {
        Self {
            limit,
            header: [0; HEADER],
            begun: 0,
            came: 0,
            whole: 0,
        }
    }

    /// Reads on; how many of these bytes need not wait.
    fn read(&mut self, data: &[u8]) -> usize {
        let (mut at, mut free) = (0, 0);
        while at < data.len() {
            if self.begun < HEADER {
                self.header[self.begun] = data[at];
                self.begun += 1;
                at += 1;
            } else {
                let more = (self.length() - self.came).min(data.len() - at);
                self.came += more;
                at += more;
            }
            if self.begun == HEADER && self.came == self.length() {
                (self.begun, self.came) = (0, 0);
                self.whole += 1;
            }
            if !self.waits() {
                free = at;
            }
        }
        free
    }

    fn length(&self) -> usize {
        let [_, a, b, c, d] = self.header;
        usize::try_from(u32::from_be_bytes([a, b, c, d])).unwrap_or(usize::MAX)
    }

    /// Whether a part of it came.
    fn is_begun(&self) -> bool {
        self.begun > 0
    }

    fn waits(&self) -> bool {
        let length = self.length();
        self.begun == HEADER && (SMALL..=self.limit).contains(&length) && self.came < length / PART
    }
}

impl HttpBody for Arriving {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        loop {
            if let Some(data) = self.ready.pop_front() {
                return Poll::Ready(Some(Ok(Frame::data(data))));
            }
            if let Some(last) = self.last.take() {
                return Poll::Ready(Some(last));
            }
            if self.ended {
                return Poll::Ready(None);
            }
            let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(context) else {
                return self.poll_too_slow(context).map(|status| Some(Err(status)));
            };
            let this = &mut *self;
            match frame.map(|frame| frame.map(Frame::into_data)) {
                Some(Ok(Ok(data))) => {
                    if let Some(data) = this.take(data) {
                        return Poll::Ready(Some(Ok(Frame::data(data))));
                    }
                    continue;
                }
                Some(Ok(Err(trailers))) => this.last = Some(Ok(trailers)),
                Some(Err(error)) => this.last = Some(Err(error)),
                None => {}
            }
            // Nothing more comes for what is held.
            this.ready.append(&mut this.held);
            this.ended = true;
        }
    }

    fn is_end_stream(&self) -> bool {
        let nothing = self.ready.is_empty() && self.held.is_empty() && self.last.is_none();
        nothing && (self.ended || self.body.is_end_stream())
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::{BodyExt, StreamBody};
    use proptest::prelude::*;

    use super::*;

    const LIMIT: usize = 1 << 20;

    fn message(length: usize, of: u8) -> Vec<u8> {
        let header = u32::try_from(length).unwrap().to_be_bytes();
        [&[0], &header[..], &vec![of; length]].concat()
    }

    fn collected(chunks: Vec<Bytes>) -> Vec<u8> {
        let frames = chunks
            .into_iter()
            .map(|chunk| Ok::<_, Status>(Frame::data(chunk)));
        let body = Body::new(StreamBody::new(tokio_stream::iter(frames)));
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build();
        let arriving = Arriving::over(body, LIMIT).collect();
        let collected = runtime.unwrap().block_on(arriving).unwrap();
        collected.to_bytes().to_vec()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// However it is cut, and wherever it ends.
        #[test]
        fn what_comes_is_handed_on(
            lengths in prop::collection::vec(0_usize..200_000, 0..5),
            cuts in prop::collection::vec(1_usize..50_000, 1..20),
            lost in 0_usize..100_000,
        ) {
            let messages = lengths.iter().zip(1..).map(|(&length, of)| message(length, of));
            let mut bytes = messages.collect::<Vec<_>>().concat();
            bytes.truncate(bytes.len().saturating_sub(lost));
            let mut rest = Bytes::from(bytes.clone());
            let mut chunks = Vec::new();
            for cut in cuts.iter().cycle() {
                if rest.is_empty() {
                    break;
                }
                chunks.push(rest.split_to((*cut).min(rest.len())));
            }
            prop_assert_eq!(collected(chunks), bytes);
        }
    }

    #[test]
    fn a_large_message_waits_for_its_eighth() {
        let mut arriving = Message::new(LIMIT);
        let large = message(LIMIT, 7);
        assert_eq!(arriving.read(&large[..HEADER]), HEADER - 1);
        assert_eq!(arriving.read(&large[HEADER..HEADER + LIMIT / 8 - 1]), 0);
        assert_eq!(
            arriving.read(&large[HEADER + LIMIT / 8 - 1..]),
            large.len() - HEADER - LIMIT / 8 + 1
        );
        // What is too large is refused at once, what is small needs no care, and
        // what was before is not held up.
        for length in [LIMIT + 1, SMALL - 1, usize::try_from(u32::MAX).unwrap()] {
            let header = u32::try_from(length).unwrap().to_be_bytes();
            let mut arriving = Message::new(LIMIT);
            assert_eq!(
                arriving.read(&[&[0], &header[..], &[1]].concat()),
                HEADER + 1
            );
        }
        let both = [&message(100, 1)[..], &large[..1000]].concat();
        assert_eq!(Message::new(LIMIT).read(&both), HEADER + 100 + HEADER - 1);
    }
}
