//! The door in front of every service: who calls, and whether they may. Handlers
//! judge what only they know, the models that a call is about.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use tonic::{
    Status,
    body::Body,
    codegen::http::{Extensions, HeaderValue, Request, Response, header::AUTHORIZATION},
};

use super::{
    around::{Answer, Around},
    audit, measured,
    status::Refusal,
    tls::Peer,
};
use crate::{
    access::{LiveAccess, Principal, Refused, Rule, Scope, rule, token},
    telemetry::Metrics,
};

/// Who calls, as the door found out.
#[derive(Clone)]
struct Caller(Arc<Principal>);

/// Who may come in.
#[derive(Clone)]
pub(super) struct Door {
    /// `None`: everybody.
    access: Option<Arc<LiveAccess>>,
    anyone: Arc<Principal>,
    metrics: Arc<Metrics>,
}

/// An answer to come, or that of the door.
pub(super) enum Answering<F> {
    Service(F),
    Door(Option<Response<Body>>),
}

/// Who calls.
///
/// # Errors
///
/// `UNAUTHENTICATED` for a call that did not come through the door.
pub(super) fn caller(extensions: &Extensions) -> Result<Arc<Principal>, Status> {
    let caller = extensions.get::<Caller>();
    let caller = caller.ok_or(Refusal::Unknown(Refused::Missing))?;
    Ok(Arc::clone(&caller.0))
}

impl Door {
    pub(super) fn new(access: Option<Arc<LiveAccess>>, metrics: Arc<Metrics>) -> Self {
        Self {
            access,
            anyone: Principal::anyone(),
            metrics,
        }
    }

    fn admit(&self, request: &Request<Body>) -> Result<Arc<Principal>, Refusal> {
        let Some(access) = &self.access else {
            return Ok(Arc::clone(&self.anyone));
        };
        let path = request.uri().path();
        let rule = rule(path);
        if rule == Some(Rule::Open) {
            return Ok(Arc::clone(&self.anyone));
        }
        let values = request.headers().get_all(AUTHORIZATION);
        let token = token::bearer(values.iter().map(HeaderValue::as_bytes))?;
        let peer = request.extensions().get::<Peer>();
        let names = peer.and_then(Peer::names);
        let principal = access.current().authenticate(token, names)?;
        match rule {
            Some(Rule::Open) => {}
            Some(Rule::Needs(scope)) => {
                principal.may(scope).inspect_err(|_| {
                    if scope == Scope::ManageModels {
                        audit::refused(&principal, path);
                    }
                })?;
            }
            // A method that nobody has written a rule for does not answer.
            None => return Err(Refusal::NoRule),
        }
        principal.take_call()?;
        Ok(principal)
    }
}

impl Around for Door {
    type Answering<F: Answer> = Answering<F>;

    fn call<F: Answer>(
        &self,
        mut request: Request<Body>,
        service: impl FnOnce(Request<Body>) -> F,
    ) -> Answering<F> {
        match self.admit(&request) {
            Ok(principal) => {
                request.extensions_mut().insert(Caller(principal));
                Answering::Service(service(request))
            }
            Err(refusal) => {
                let status = Status::from(refusal);
                measured::refused(&self.metrics, request.uri().path(), &status);
                Answering::Door(Some(status.into_http()))
            }
        }
    }
}

impl<F: Answer> Future for Answering<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut *self {
            Self::Service(answer) => Pin::new(answer).poll(context),
            Self::Door(answer) => Poll::Ready(Ok(answer.take().unwrap_or_default())),
        }
    }
}
