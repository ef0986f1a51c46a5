//! Answers for clients under test, by typed method; what they called and emitted is recorded.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use futures_util::future::{BoxFuture, FutureExt};

use crate::backend::{Backend, Failure, OutgoingCall, Reply};
use crate::emit::Event;
use crate::error::{CallError, DeclaredError, EmitError, Unanswered};
use crate::events::{Emitted, Outgoing};
use crate::{Client, Decode, Encode, Method, codec};

type Answer = Box<dyn FnMut(&[u8]) -> Result<Bytes, Failure> + Send>;

/// A cluster that is not there: clients made from it get the answers set here.
///
/// A call that nothing was set for is answered as a peer without the method would: NACK.
#[derive(Clone, Default)]
pub struct Mock {
    state: Arc<Script>,
}

/// What to answer, and what was asked.
#[derive(Default)]
pub(crate) struct Script {
    answers: Mutex<HashMap<String, Answer>>,
    calls: Mutex<Vec<(String, Bytes)>>,
    events: Mutex<Vec<(String, Bytes)>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Mock {
    /// Without any answers.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers `method` with what `answer` returns; a later call replaces an earlier one.
    pub fn on<Q, R, E, F>(&self, method: &Method<Q, R, E>, mut answer: F) -> &Self
    where
        Q: Decode,
        R: Encode,
        E: DeclaredError,
        F: FnMut(Q) -> Result<R, CallError<E>> + Send + 'static,
    {
        let answer = move |body: &[u8]| {
            let request = codec::from_bytes(body)
                .map_err(|error| Failure::Unknown(Unanswered::Unreadable(error.to_string())))?;
            answer(request).map(|result| codec::to_bytes(&result)).map_err(|error| match error {
                CallError::NotSent(reason) => Failure::NotSent(reason),
                CallError::Rejected(reason) => Failure::Rejected(reason),
                CallError::Failed(error) => Failure::Declared(error.to_body()),
                CallError::Unknown(reason) => Failure::Unknown(reason),
            })
        };
        lock(&self.state.answers).insert(format!("{method:?}"), Box::new(answer));
        self
    }

    /// The requests that `method` got so far, in order.
    ///
    /// # Panics
    ///
    /// When a request cannot be read as `Q`: the client's schema is another one.
    #[must_use]
    pub fn calls<Q: Decode, R, E>(&self, method: &Method<Q, R, E>) -> Vec<Q> {
        recorded(&self.state.calls, &format!("{method:?}"))
    }

    /// The events of type `V` emitted so far, in order.
    ///
    /// # Panics
    ///
    /// When an event cannot be read as `V`: the emitter's schema is another one.
    #[must_use]
    pub fn emitted<V: Event>(&self) -> Vec<V> {
        recorded(&self.state.events, V::TOPIC)
    }
}

fn recorded<T: Decode>(log: &Mutex<Vec<(String, Bytes)>>, name: &str) -> Vec<T> {
    let log = lock(log);
    let bodies = log.iter().filter(|(recorded, _)| recorded == name).map(|(_, body)| body);
    bodies.map(|body| codec::from_bytes(body).expect("recorded under this type's name")).collect()
}

impl Script {
    pub(crate) fn answer(&self, call: &OutgoingCall) -> Result<Reply, Failure> {
        let subject = format!("{}.{}", call.interface, call.method);
        let body = &*call.body.arguments();
        lock(&self.calls).push((subject.clone(), Bytes::copy_from_slice(body)));
        let answer = match lock(&self.answers).get_mut(&subject) {
            Some(answer) => answer(body),
            None => Err(Failure::Unknown(Unanswered::Nack)),
        };
        answer.map(|body| Reply { headers: Bytes::from_static(b"\x80"), body })
    }

    pub(crate) fn emit(&self, event: Outgoing) -> BoxFuture<'static, Result<Emitted, EmitError>> {
        lock(&self.events).push((event.topic, event.body));
        std::future::ready(Ok(Emitted { subscribed: true })).boxed()
    }
}

impl From<&Mock> for Client {
    fn from(mock: &Mock) -> Self {
        Self::of(Backend::Mock(Arc::clone(&mock.state)))
    }
}

impl fmt::Debug for Mock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mock").field("calls", &lock(&self.state.calls).len()).finish_non_exhaustive()
    }
}
