//! `lymph request`: one call, or many to see how long they take.

use std::io::Write;

use lymph::client::Response;
use lymph::{Call, Client, Handle, NoErrors, Value, Version};
use serde_json::json;

use super::args::Request;
use super::{bench, failure, input};
use crate::output::{Ended, Outcome, Style, Terminal, Trouble};

pub(super) async fn run<W: Write>(handle: &Handle, args: &Request, terminal: &mut Terminal<W>) -> Ended {
    let (subject, version) = input::versioned(&args.subject)?;
    if !subject.contains('.') {
        return Err(Trouble::new(format!("`{subject}` names no method"))
            .help(format!("give it as INTERFACE.METHOD; `lymph inspect {subject}` shows the methods")));
    }
    let params = input::json(&args.params)?;
    if params.as_map().is_none() {
        return Err(Trouble::new(format!("parameters are an object, and this is {}", params.kind()))
            .help("name them: '{\"name\": \"Joe\"}'"));
    }
    let client = Client::from(handle);
    if args.number > 1 {
        let make = move || call(&client, subject, version, &params, args);
        return bench::run(make, args, terminal).await;
    }
    match call(&client, subject, version, &params, args).response().await {
        Ok(response) => show(&response, args.dump_headers, terminal),
        Err(error) => failure::tell(error, terminal),
    }
}

fn call(
    client: &Client,
    subject: &str,
    version: Option<Version>,
    params: &Value,
    args: &Request,
) -> Call<Value, NoErrors> {
    let mut call = client.request(subject, params).timeout(args.timeout);
    if let Some(version) = version {
        call = call.version(version);
    }
    if let Some(endpoint) = &args.address {
        call = call.at(endpoint.clone());
    }
    if let Some(trace_id) = &args.trace_id {
        call = call.trace(&**trace_id);
    }
    call
}

fn show<W: Write>(response: &Response<Value>, with_headers: bool, terminal: &mut Terminal<W>) -> Ended {
    if with_headers && terminal.wants_json() {
        let headers = response.headers.iter().map(|(name, value)| (name, value.clone())).collect::<Value>();
        let (headers, body) = (serde_json::to_value(headers)?, serde_json::to_value(&response.result)?);
        terminal.json(&json!({"headers": headers, "body": body}))?;
        return Ok(Outcome::Fine);
    }
    if with_headers {
        for (name, value) in response.headers.iter() {
            let name = terminal.styled(Style::Name, name);
            terminal.line(format_args!("{name}: {value}"))?;
        }
        terminal.line("")?;
    }
    terminal.value(&response.result)?;
    Ok(Outcome::Fine)
}
