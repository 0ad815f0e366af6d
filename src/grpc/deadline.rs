//! Deadlines of calls: `grpc-timeout` is read when a call arrives, and holds for
//! what is awaited of it, its answer and the body of that.
//!
//! They are of the server's own making: the transport's library would look at the
//! answer's headers only, and call what it ends cancelled.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use super::{
    around::{Answer, Around},
    measured,
    status::{deadline_passed, timeout_malformed},
};
use crate::telemetry::Metrics;
use http_body::{Frame, SizeHint};
use prost::bytes::Bytes;
use tokio::time::{Instant, Sleep, sleep_until};
use tonic::{
    Status,
    body::Body,
    codegen::{
        Body as HttpBody,
        http::{Extensions, HeaderMap, HeaderValue, Request},
    },
};

const TIMEOUT: &str = "grpc-timeout";
/// How many digits a time may have.
const MAX_DIGITS: usize = 8;

/// When a call has to be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Deadline(Instant);

/// What `grpc-timeout` says is no time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Malformed;

/// Ends the calls of a service at their deadlines.
#[derive(Clone)]
pub(super) struct Timed(Arc<Metrics>);

/// An answer to come.
pub(super) enum Answering<F> {
    /// At any time.
    Untimed(F),
    /// By a deadline.
    Timed { answer: Option<F>, timer: Timer },
    /// At once: a refusal.
    Refused(Option<Status>),
}

/// Fires once a deadline has passed.
pub(super) struct Timer {
    deadline: Deadline,
    /// Set when there is first something to wait for.
    sleep: Option<Pin<Box<Sleep>>>,
}

/// The body of an answer, which ends at the deadline.
struct TimedBody {
    /// Dropped at the deadline.
    body: Option<Body>,
    timer: Timer,
}

impl Deadline {
    /// That of the call with these extensions, if it has one.
    pub(super) fn of(extensions: &Extensions) -> Option<Self> {
        let noted = extensions.get::<Result<Self, Malformed>>();
        noted.and_then(|noted| noted.as_ref().ok().copied())
    }

    pub(super) fn has_passed(self) -> bool {
        Instant::now() >= self.0
    }

    /// Waits for it; for ever, where there is none.
    pub(super) async fn wait(deadline: Option<Self>) {
        match deadline {
            Some(Self(instant)) => sleep_until(instant).await,
            None => std::future::pending().await,
        }
    }

    /// Reads the headers of a call that arrives now. A time too long to be told has
    /// no end.
    fn read(headers: &HeaderMap) -> Option<Result<Self, Malformed>> {
        let mut values = headers.get_all(TIMEOUT).iter();
        let value = values.next()?;
        if values.next().is_some() {
            return Some(Err(Malformed));
        }
        match read(value) {
            Err(malformed) => Some(Err(malformed)),
            Ok(timeout) => Instant::now()
                .checked_add(timeout)
                .map(|instant| Ok(Self(instant))),
        }
    }
}

/// Digits and a unit, as gRPC over HTTP/2 has them.
fn read(value: &HeaderValue) -> Result<Duration, Malformed> {
    let (unit, digits) = value.as_bytes().split_last().ok_or(Malformed)?;
    if !(1..=MAX_DIGITS).contains(&digits.len()) || !digits.iter().all(u8::is_ascii_digit) {
        return Err(Malformed);
    }
    let number = digits
        .iter()
        .fold(0, |number, digit| number * 10 + u64::from(digit - b'0'));
    match unit {
        b'H' => Ok(Duration::from_secs(number * 3600)),
        b'M' => Ok(Duration::from_secs(number * 60)),
        b'S' => Ok(Duration::from_secs(number)),
        b'm' => Ok(Duration::from_millis(number)),
        b'u' => Ok(Duration::from_micros(number)),
        b'n' => Ok(Duration::from_nanos(number)),
        _ => Err(Malformed),
    }
}

impl Timer {
    fn new(deadline: Deadline) -> Self {
        let sleep = None;
        Self { deadline, sleep }
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let Self { deadline, sleep } = self;
        let sleep = sleep.get_or_insert_with(|| Box::pin(sleep_until(deadline.0)));
        sleep.as_mut().poll(context)
    }
}

/// Notes the deadline of a call that arrives now.
pub(super) fn note<B>(request: &mut Request<B>) {
    if let Some(deadline) = Deadline::read(request.headers()) {
        request.extensions_mut().insert(deadline);
    }
}

impl Timed {
    pub(super) fn new(metrics: &Arc<Metrics>) -> Self {
        Self(Arc::clone(metrics))
    }
}

impl Around for Timed {
    type Answering<F: Answer> = Answering<F>;

    fn call<F: Answer>(
        &self,
        request: Request<Body>,
        service: impl FnOnce(Request<Body>) -> F,
    ) -> Answering<F> {
        let status = match request.extensions().get::<Result<Deadline, Malformed>>() {
            None => return Answering::Untimed(service(request)),
            Some(Ok(deadline)) if deadline.has_passed() => deadline_passed(),
            Some(Ok(deadline)) => {
                let timer = Timer::new(*deadline);
                let answer = Some(service(request));
                return Answering::Timed { answer, timer };
            }
            Some(Err(Malformed)) => timeout_malformed(),
        };
        measured::refused(&self.0, request.uri().path(), &status);
        Answering::Refused(Some(status))
    }
}

impl<F: Answer> Future for Answering<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut *self {
            Self::Untimed(answer) => Pin::new(answer).poll(context),
            Self::Timed { answer, timer } => {
                if let Some(awaited) = answer
                    && let Poll::Ready(Ok(response)) = Pin::new(awaited).poll(context)
                {
                    let deadline = timer.deadline;
                    return Poll::Ready(Ok(response.map(|body| TimedBody::over(body, deadline))));
                }
                ready!(timer.poll(context));
                // What it does ends with it.
                *answer = None;
                Poll::Ready(Ok(deadline_passed().into_http()))
            }
            Self::Refused(status) => {
                let status = status.take().unwrap_or_else(deadline_passed);
                Poll::Ready(Ok(status.into_http()))
            }
        }
    }
}

impl TimedBody {
    fn over(body: Body, deadline: Deadline) -> Body {
        if body.is_end_stream() {
            return body;
        }
        Body::new(Self {
            body: Some(body),
            timer: Timer::new(deadline),
        })
    }
}

impl HttpBody for TimedBody {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let Some(body) = &mut self.body else {
            return Poll::Ready(None);
        };
        if let Poll::Ready(frame) = Pin::new(body).poll_frame(context) {
            return Poll::Ready(frame);
        }
        ready!(self.timer.poll(context));
        self.body = None;
        let mut trailers = HeaderMap::new();
        let told = deadline_passed().add_header(&mut trailers);
        Poll::Ready(Some(told.map(|()| Frame::trailers(trailers))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        // It may end before.
        SizeHint::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(timeout: &str) -> Result<Duration, Malformed> {
        read(&HeaderValue::from_str(timeout).unwrap())
    }

    #[test]
    fn every_unit_is_read() {
        for (timeout, nanoseconds) in [
            ("1n", 1),
            ("12u", 12_000),
            ("00000003m", 3_000_000),
            ("0S", 0),
            ("2S", 2_000_000_000),
            ("2M", 120_000_000_000),
            ("99999999H", 359_999_996_400_000_000_000),
        ] {
            let read = told(timeout).map(|timeout| timeout.as_nanos());
            assert_eq!(read, Ok(nanoseconds), "{timeout}");
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for timeout in [
            "",
            "1",
            "S",
            "1s",
            "1h",
            "1 S",
            " 1S",
            "+1S",
            "-1S",
            "1.5S",
            "1e3m",
            "0x1S",
            "123456789S",
            "1Sm",
            "1S,2S",
        ] {
            assert_eq!(told(timeout), Err(Malformed), "{timeout}");
        }
        let not_ascii = HeaderValue::from_bytes("１S".as_bytes()).unwrap();
        assert_eq!(read(&not_ascii), Err(Malformed));
    }

    #[test]
    fn a_call_has_one_deadline_or_none() {
        let mut headers = HeaderMap::new();
        assert_eq!(Deadline::read(&headers), None);
        headers.append(TIMEOUT, HeaderValue::from_static("1S"));
        assert!(Deadline::read(&headers).unwrap().is_ok());
        headers.append(TIMEOUT, HeaderValue::from_static("1S"));
        assert_eq!(Deadline::read(&headers), Some(Err(Malformed)));
    }
}
