//! Who is let in while more is asked for than can be done: so many calls at once, and
//! none that has waited too long for a thread that does not get to rest. Who is
//! refused is told so before anything of its message is read, and when to try again.
//!
//! What waits are calls that a connection has accepted and its thread has not begun.
//! That they wait for long while the thread is always busy is what overload means
//! here; as in controlled delay (`CoDel`: Nichols and Jacobson, 2012) a burst that is
//! soon over is none.

pub(super) mod busy;
mod crowd;
mod shares;

use std::{
    future::Future,
    hash::{Hash, Hasher},
    net::IpAddr,
    num::NonZeroUsize,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::{Duration, Instant},
};

use http_body::{Frame, SizeHint};
use prost::bytes::Bytes;
use tonic::{
    Status,
    body::Body,
    codegen::{
        Body as HttpBody,
        http::{Extensions, HeaderMap, Request, Response},
    },
};

use super::{
    access::caller,
    around::{Answer, Around},
    http2::{Arrived, Use},
    measured,
    status::{overloaded, too_many_calls},
};
use crate::{access::Principal, telemetry::Metrics};
use shares::{Place, Shares};

/// Who keeps out of the crowd waits so many times longer before it is refused.
const PATIENCE_OF_FEW: u32 = 50;
/// When to try again: overload that is not over by then is no burst.
const RETRY: Duration = Duration::from_millis(100);

/// How much is let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Admitted {
    /// The most calls at once, of streams too.
    pub calls: NonZeroUsize,
    /// How long calls wait for a thread that is always busy; zero: as long as it
    /// takes.
    pub wait: Duration,
}

/// Lets calls in, or not.
#[derive(Clone)]
pub(super) struct Admission {
    shares: Arc<Shares>,
    wait: Duration,
    metrics: Arc<Metrics>,
    refusals: Arc<Refusals>,
}

struct Refusals {
    too_many: Refusal,
    overloaded: Refusal,
}

/// Made once: refusing has to cost next to nothing.
struct Refusal {
    status: Status,
    headers: HeaderMap,
}

/// Whose places are counted together.
#[derive(Debug, Clone)]
pub(super) enum Who {
    /// Known by name.
    Known(Arc<Principal>),
    /// Where nobody is asked for a name.
    Address(IpAddr),
}

/// An answer to come, or a refusal.
pub(super) enum Answering<F> {
    Admitted(F, Option<Held>),
    Refused(Option<Response<Body>>),
}

/// What a call holds to the end of its answer.
pub(super) struct Held {
    _place: Place,
    /// Which does not idle meanwhile.
    _connection: Arc<Use>,
    metrics: Arc<Metrics>,
}

/// The body of an answer.
struct Holding {
    body: Body,
    /// `None` at the end.
    held: Option<Held>,
}

impl Admission {
    pub(super) fn new(admitted: Admitted, metrics: &Arc<Metrics>) -> Self {
        let Admitted { calls, wait } = admitted;
        Self {
            shares: Arc::new(Shares::new(calls.get())),
            wait,
            metrics: Arc::clone(metrics),
            refusals: Arc::new(Refusals {
                too_many: Refusal::of(too_many_calls(RETRY)),
                overloaded: Refusal::of(overloaded(RETRY)),
            }),
        }
    }

    fn admit(&self, extensions: &Extensions) -> Result<Option<Held>, &Refusal> {
        let (Some(arrived), Ok(caller)) = (extensions.get::<Arrived>(), caller(extensions)) else {
            // Neither came over a connection.
            return Ok(None);
        };
        let who = Who::of(caller, arrived.from);
        let admission = &self.metrics.admission;
        let now = Instant::now();
        let waited = now.saturating_duration_since(arrived.at);
        admission.waits.observe_duration(waited);
        if !self.wait.is_zero() && busy::is_busy(now) {
            let patience = if crowd::makes(&who, now) {
                self.wait
            } else {
                self.wait.saturating_mul(PATIENCE_OF_FEW)
            };
            if waited > patience {
                admission.shed_waited.add(1);
                return Err(&self.refusals.overloaded);
            }
        }
        let Some(place) = self.shares.take(who) else {
            admission.shed_too_many.add(1);
            return Err(&self.refusals.too_many);
        };
        admission.in_flight.rise();
        Ok(Some(Held {
            _place: place,
            _connection: Arc::clone(&arrived.connection),
            metrics: Arc::clone(&self.metrics),
        }))
    }
}

impl Refusal {
    fn of(status: Status) -> Self {
        let headers = status.clone().into_http::<Body>().headers().clone();
        Self { status, headers }
    }

    fn answer(&self) -> Response<Body> {
        let mut answer = Response::new(Body::empty());
        answer.headers_mut().clone_from(&self.headers);
        answer
    }
}

impl Around for Admission {
    type Answering<F: Answer> = Answering<F>;

    fn call<F: Answer>(
        &self,
        request: Request<Body>,
        service: impl FnOnce(Request<Body>) -> F,
    ) -> Answering<F> {
        match self.admit(request.extensions()) {
            Ok(held) => Answering::Admitted(service(request), held),
            Err(refusal) => {
                measured::refused(&self.metrics, request.uri().path(), &refusal.status);
                Answering::Refused(Some(refusal.answer()))
            }
        }
    }
}

impl<F: Answer> Future for Answering<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut *self {
            Self::Admitted(answer, held) => {
                let Ok(response) = ready!(Pin::new(answer).poll(context));
                let held = held.take();
                Poll::Ready(Ok(response.map(|body| Holding::over(body, held))))
            }
            Self::Refused(answer) => Poll::Ready(Ok(answer.take().unwrap_or_default())),
        }
    }
}

impl Holding {
    fn over(body: Body, held: Option<Held>) -> Body {
        if held.is_none() || body.is_end_stream() {
            return body;
        }
        Body::new(Self { body, held })
    }
}

impl HttpBody for Holding {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        if frame.is_none() {
            self.held = None;
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.metrics.admission.in_flight.fall();
    }
}

impl Who {
    fn of(caller: Arc<Principal>, address: IpAddr) -> Self {
        if caller.known_name().is_some() {
            Self::Known(caller)
        } else {
            Self::Address(address)
        }
    }

    fn key(&self) -> Result<&str, IpAddr> {
        match self {
            Self::Known(principal) => Ok(&principal.name),
            Self::Address(address) => Err(*address),
        }
    }
}

impl Hash for Who {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

impl PartialEq for Who {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Who {}
