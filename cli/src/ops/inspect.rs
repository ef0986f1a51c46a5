//! `lymph inspect`: the methods that a service offers.

use std::io::Write;

use lymph::{Client, Endpoint, Handle, Value, Version};

use super::args::Inspect;
use super::{discover, failure, input};
use crate::output::{Ended, Outcome, Style, Terminal, Trouble};

pub(super) async fn run<W: Write>(handle: &Handle, args: &Inspect, terminal: &mut Terminal<W>) -> Ended {
    let endpoint = if args.address.contains("://") {
        Endpoint::new(&*args.address)
    } else {
        let (name, version) = input::versioned(&args.address)?;
        pick(handle, name, version).await?
    };
    let call = Client::from(handle).request("lymph.inspect", &Value::Map(Vec::new())).at(endpoint);
    let result = call.await.map_err(|error| failure::trouble(&error))?;
    if terminal.wants_json() {
        terminal.value(&result)?;
        return Ok(Outcome::Fine);
    }
    let mut methods: Vec<&Value> =
        result.get("methods").and_then(Value::as_list).unwrap_or_default().iter().collect();
    methods.sort_by_key(|method| text(method, "name"));
    for (index, method) in methods.into_iter().enumerate() {
        if index > 0 {
            terminal.line("")?;
        }
        show(method, terminal)?;
    }
    Ok(Outcome::Fine)
}

/// Any instance of `name` that answers `version`.
async fn pick(handle: &Handle, name: &str, version: Option<Version>) -> Result<Endpoint, Trouble> {
    let instances = handle.registry().watch(name).await.map_err(discover::trouble)?;
    let instances = instances.borrow();
    let answers =
        |own: Option<Version>| version.is_none_or(|asked| own.is_some_and(|own| own.answers(asked)));
    let picked = instances.iter().find(|instance| answers(instance.parsed_version()));
    let nobody = || {
        let asked = version.map(|version| format!(" that answers version {version}")).unwrap_or_default();
        Trouble::new(format!("no instance of `{name}`{asked} is registered"))
            .help("`lymph discover --versions` shows what is registered")
    };
    picked.map(|instance| Endpoint::new(&*instance.endpoint)).ok_or_else(nobody)
}

fn text<'a>(method: &'a Value, key: &str) -> &'a str {
    method.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn show<W: Write>(method: &Value, terminal: &mut Terminal<W>) -> Result<(), Trouble> {
    let params = method.get("params").and_then(Value::as_list).unwrap_or_default();
    let params: Vec<&str> = params.iter().filter_map(Value::as_str).collect();
    let name = terminal.styled(Style::Name, text(method, "name"));
    let params = terminal.styled(Style::Detail, &params.join(", "));
    terminal.line(format_args!("rpc {name}({params})"))?;
    for line in text(method, "help").trim().lines() {
        terminal.line(format_args!("    {}", line.trim()))?;
    }
    Ok(())
}
