//! Which instances may answer a call, and what each of them may be sent.

use std::sync::Arc;

use crate::backend::{Body, OutgoingCall};
use crate::codec::{Decoder, Encoder};
use crate::error::NotSent;
use crate::registry::Instance;
use crate::{Endpoint, Version};

use super::balance::{Balancer, Health, pick};

/// The instances of one interface as they were registered at some time, ready to be called.
pub(super) struct Candidates(Vec<Candidate>);

/// One instance, and what every request to it says of it.
pub(super) struct Candidate {
    pub(super) endpoint: Endpoint,
    /// Whether it understands that nobody waits any more.
    pub(super) cancels: bool,
    pub(super) health: Arc<Health>,
    version: Option<String>,
    parsed: Option<Version>,
    /// Headers from `version` up to the value of `timeout_millis`.
    pub(super) headers: Vec<u8>,
}

impl Candidate {
    fn new(instance: &Instance, balancer: &Balancer) -> Self {
        let endpoint = Endpoint::new(instance.endpoint.as_str());
        Self {
            cancels: instance.understands("cancel"),
            parsed: instance.parsed_version(),
            version: instance.version.clone(),
            ..Self::at(&endpoint, balancer, instance.version.as_deref())
        }
    }

    fn at(endpoint: &Endpoint, balancer: &Balancer, version: Option<&str>) -> Self {
        let mut headers = Encoder::new();
        headers.field("version", &version.map(str::to_owned));
        headers.str("timeout_millis");
        Self {
            endpoint: endpoint.clone(),
            cancels: false,
            health: balancer.health(endpoint),
            version: None,
            parsed: None,
            headers: headers.into_vec(),
        }
    }

    /// Whether its version answers the call. Those without a version (Python services that declare
    /// none) answer every caller.
    fn answers(&self, asked: Option<Version>) -> bool {
        match asked {
            None => true,
            Some(_) if self.version.is_none() => true,
            Some(asked) => self.parsed.is_some_and(|version| version.answers(asked)),
        }
    }
}

impl Candidates {
    pub(super) fn new(instances: &[Instance], balancer: &Balancer) -> Self {
        Self(instances.iter().map(|instance| Candidate::new(instance, balancer)).collect())
    }

    /// One that the caller knows by its endpoint.
    pub(super) fn known(endpoint: &Endpoint, balancer: &Balancer) -> Self {
        Self(vec![Candidate::at(endpoint, balancer, None)])
    }

    pub(super) fn get(&self, index: usize) -> &Candidate {
        &self.0[index]
    }

    /// Whether there is somebody to choose from, so that it matters how fast each of them is.
    pub(super) fn are_many(&self) -> bool {
        self.0.len() > 1
    }

    /// The one to send the call to, which none of `tried` is unless there is nobody else.
    ///
    /// # Errors
    ///
    /// [`NotSent`] says why there is none.
    pub(super) fn pick(&self, call: &OutgoingCall, tried: &[Endpoint]) -> Result<usize, NotSent> {
        let answers = |candidate: &Candidate| candidate.answers(call.asked);
        let fresh = |candidate: &Candidate| answers(candidate) && !tried.contains(&candidate.endpoint);
        let picked = pick(&self.0, |candidate| &candidate.health, fresh);
        let picked = picked.or_else(|| pick(&self.0, |candidate| &candidate.health, answers));
        picked.ok_or_else(|| self.none_answers(call))
    }

    #[cold]
    fn none_answers(&self, call: &OutgoingCall) -> NotSent {
        let interface = call.interface.to_string();
        let Some(asked) = call.asked.filter(|_| !self.0.is_empty()) else {
            return NotSent::NoInstance(interface);
        };
        let newest = call.newer.iter().filter(|parameter| parameter.held && parameter.info.since == asked);
        if let Some(parameter) = newest.map(|parameter| parameter.info).next() {
            let parameter = parameter.name.to_owned();
            return NotSent::ParameterTooNew { interface, parameter, since: asked };
        }
        let mut registered: Vec<_> = self.0.iter().filter_map(|one| one.version.as_deref()).collect();
        registered.sort_unstable();
        registered.dedup();
        NotSent::NoVersion { interface, asked, registered: registered.join(", ") }
    }
}

/// The body without the parameters that are newer than `candidate`, when there are such; all of those
/// hold nothing but their default, or the instance would not have been picked.
pub(super) fn fit_body(call: &OutgoingCall, candidate: &Candidate) -> Option<Body> {
    let version = candidate.parsed?;
    let unknown = |name: &str| {
        call.newer.iter().any(|parameter| parameter.info.name == name && parameter.info.since > version)
    };
    if call.newer.iter().all(|parameter| parameter.info.since <= version) {
        return None;
    }
    let body = without(&call.body.arguments(), unknown);
    Some(Body::new(body.expect("this process encoded the body as a map with text keys").into()))
}

/// The map in `body` without the entries whose key is `unwanted`.
fn without(body: &[u8], unwanted: impl Fn(&str) -> bool) -> Result<Vec<u8>, crate::DecodeError> {
    let mut decoder = Decoder::new(body);
    let mut fields = decoder.fields()?;
    let mut kept = Vec::new();
    while let Some(name) = fields.next(&mut decoder)? {
        let value = decoder.raw()?;
        if !unwanted(name) {
            kept.push((name, value));
        }
    }
    let mut encoder = Encoder::new();
    encoder.map(kept.len());
    for (name, value) in &kept {
        encoder.str(name);
        encoder.raw(value);
    }
    Ok(encoder.into_vec())
}
