//! Calls byte by byte: with whatever headers, whole or damaged.

use std::future::poll_fn;

use http_body_util::{BodyExt, Full};
use tonic::{
    Code, Status, body::Body, client::GrpcService, codegen::http::Request, transport::Channel,
};

use super::{SECRET, requests};

#[derive(Clone)]
pub(super) struct Call {
    /// For the message of a test that fails.
    pub(super) name: &'static str,
    pub(super) path: String,
    pub(super) headers: Vec<(&'static str, String)>,
    /// Without the frame around it.
    pub(super) message: Vec<u8>,
}

/// How a call ended, and all that its caller was told.
pub(super) struct Ended {
    pub(super) code: Code,
    pub(super) text: String,
}

impl Call {
    pub(super) fn new(name: &'static str, path: &str, message: Vec<u8>) -> Self {
        Self {
            name,
            path: path.to_owned(),
            headers: vec![
                ("content-type", "application/grpc".to_owned()),
                ("te", "trailers".to_owned()),
                ("x-customer", SECRET.to_owned()),
                ("x-customer-bin", SECRET.to_owned()),
                ("traceparent", SECRET.to_owned()),
            ],
            message,
        }
    }

    /// With another value of a header, or one more header.
    fn with(mut self, header: &'static str, value: &str) -> Self {
        self.headers.retain(|(name, _)| *name != header);
        self.headers.push((header, value.to_owned()));
        self
    }

    fn has(&self, header: &str) -> bool {
        self.headers.iter().any(|(name, _)| *name == header)
    }

    pub(super) async fn send(&self, channel: &Channel) -> Ended {
        let length = u32::try_from(self.message.len()).unwrap().to_be_bytes();
        let frame = [&[0], &length[..], &self.message].concat();
        let mut request = Request::post(format!("http://server/{}", self.path));
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        let request = request.body(Body::new(Full::from(frame))).unwrap();
        let mut channel = channel.clone();
        poll_fn(|context| channel.poll_ready(context))
            .await
            .unwrap();
        let answered = match channel.call(request).await {
            Ok(answered) => answered,
            // The client keeps deadlines, too, and a slow machine is later than that.
            Err(error) => {
                assert!(self.has("grpc-timeout"), "{}: {error:?}", self.name);
                return Ended {
                    code: Code::DeadlineExceeded,
                    text: error.to_string(),
                };
            }
        };
        let (head, body) = answered.into_parts();
        let body = body.collect().await.unwrap();
        let trailers = body.trailers().cloned().unwrap_or_default();
        let status = Status::from_header_map(&head.headers)
            .or_else(|| Status::from_header_map(&trailers))
            .unwrap_or_else(|| Status::unknown(format!("{} without a status", head.status)));
        // An answer that is no error repeats what was asked on purpose: a score says
        // which category it does not know.
        let body = if status.code() == Code::Ok {
            Vec::new()
        } else {
            body.to_bytes().to_vec()
        };
        let told = [status.details(), &body].map(String::from_utf8_lossy);
        Ended {
            code: status.code(),
            text: format!("{status:?} {:?} {told:?}", head.headers),
        }
    }
}

/// The same calls with bytes that are missing or wrong.
pub(super) fn damaged(calls: &[Call]) -> Vec<Call> {
    let mut damaged = Vec::new();
    for call in calls.iter().filter(|call| !call.message.is_empty()) {
        let length = call.message.len();
        for part in 1..8 {
            let mut cut = call.clone();
            cut.message.truncate(length * part / 8);
            damaged.push(cut);
            // A length, a type or a part of a text, as it comes.
            let mut wrong = call.clone();
            wrong.message[(length * part / 8) ^ 1] ^= 0xff;
            damaged.push(wrong);
        }
        let mut mixed = call.clone();
        mixed.message.rotate_left(length / 3);
        damaged.push(mixed);
    }
    damaged
}

/// A call that goes well but for one header.
pub(super) fn by_headers() -> Vec<Call> {
    let binary = format!("application/grpc+{SECRET}");
    let long = SECRET.repeat(500);
    let headers = [
        ("grpc-timeout", SECRET),
        ("grpc-timeout", "1n"),
        ("grpc-encoding", SECRET),
        ("grpc-accept-encoding", SECRET),
        ("content-type", SECRET),
        ("content-type", &binary),
        ("te", SECRET),
        ("tracestate", SECRET),
        ("baggage", SECRET),
        ("cookie", SECRET),
        ("x-forwarded-for", SECRET),
        ("x-long", &long),
    ];
    let with = |(name, value): (&'static str, &str)| requests::good().with(name, value);
    headers.map(with).to_vec()
}

pub(super) fn to_nowhere() -> Vec<Call> {
    [
        format!("holdfast.v1.ScoringService/{SECRET}"),
        format!("holdfast.v1.{SECRET}/ScoreCustomer"),
        format!("{SECRET}/{SECRET}?{SECRET}"),
        SECRET.to_owned(),
    ]
    .map(|path| Call {
        path,
        ..requests::good()
    })
    .to_vec()
}

/// What stands in `authorization`.
pub(super) fn credentials() -> Vec<String> {
    // Header and claims of a token that nobody has signed.
    let token = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.";
    vec![
        SECRET.to_owned(),
        format!("Basic {SECRET}"),
        format!("Bearer {SECRET}{SECRET}"),
        format!("Bearer {token}{SECRET}"),
        format!("Bearer {}", SECRET.repeat(100)),
        // The one that is known.
        format!("Bearer {SECRET}"),
    ]
}
