//! Which instances may answer a call, and what each of them may be sent.

use bytes::Bytes;

use crate::Version;
use crate::backend::OutgoingCall;
use crate::codec::{Decoder, Encoder};
use crate::error::NotSent;
use crate::registry::Instance;

/// The instances whose version answers the call. Those without a version (Python services that
/// declare none) answer every caller.
pub(super) fn matching<'a>(
    instances: &'a [Instance],
    call: &OutgoingCall,
) -> Result<Vec<&'a Instance>, NotSent> {
    let answers = |instance: &Instance, asked: Version| match &instance.version {
        None => true,
        Some(_) => instance.parsed_version().is_some_and(|version| version.answers(asked)),
    };
    let Some(asked) = call.asked else {
        let all: Vec<_> = instances.iter().collect();
        return if all.is_empty() { Err(NotSent::NoInstance(call.interface.to_string())) } else { Ok(all) };
    };
    let found: Vec<_> = instances.iter().filter(|instance| answers(instance, asked)).collect();
    if !found.is_empty() {
        return Ok(found);
    }
    if instances.is_empty() {
        return Err(NotSent::NoInstance(call.interface.to_string()));
    }
    let newest = call.newer.iter().filter(|parameter| parameter.held && parameter.info.since == asked);
    if let Some(parameter) = newest.map(|parameter| parameter.info).next() {
        return Err(NotSent::ParameterTooNew {
            interface: call.interface.to_string(),
            parameter: parameter.name.to_owned(),
            since: asked,
        });
    }
    let mut registered: Vec<_> = instances.iter().filter_map(|instance| instance.version.clone()).collect();
    registered.sort();
    registered.dedup();
    Err(NotSent::NoVersion {
        interface: call.interface.to_string(),
        asked,
        registered: registered.join(", "),
    })
}

/// The body without the parameters that are newer than `instance`; all of those hold nothing but
/// their default, or the instance would not have matched.
pub(super) fn fit_body(call: &OutgoingCall, instance: &Instance) -> Bytes {
    let Some(version) = instance.parsed_version() else { return call.body.clone() };
    let unknown = |name: &str| {
        call.newer.iter().any(|parameter| parameter.info.name == name && parameter.info.since > version)
    };
    if call.newer.iter().all(|parameter| parameter.info.since <= version) {
        return call.body.clone();
    }
    without(&call.body, unknown).expect("this process encoded the body as a map with text keys")
}

/// The map in `body` without the entries whose key is `unwanted`.
fn without(body: &[u8], unwanted: impl Fn(&str) -> bool) -> Result<Bytes, crate::DecodeError> {
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
    Ok(encoder.finish())
}
