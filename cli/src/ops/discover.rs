//! `lymph discover`: which services are registered, and where.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::sync::Arc;

use lymph::Handle;
use lymph::registry::{Instance, RegistryError};

use super::args::Discover;
use crate::output::{Ended, Outcome, Style, Terminal, Trouble};

/// How much of an identity is enough to tell two apart.
const IDENTITY_CHARS: usize = 10;

type Services = BTreeMap<String, Arc<Vec<Instance>>>;

pub(super) async fn run<W: Write>(handle: &Handle, args: &Discover, terminal: &mut Terminal<W>) -> Ended {
    let services = lookup(handle, args).await.map_err(trouble)?;
    if terminal.wants_json() {
        terminal.json(&serde_json::to_value(
            services.iter().map(|(name, instances)| (name, &**instances)).collect::<BTreeMap<_, _>>(),
        )?)?;
    } else if services.is_empty() {
        match &args.name {
            Some(name) => terminal.line(format_args!("no instance of `{name}` is registered"))?,
            None => terminal.line("no service is registered")?,
        }
    } else {
        for (name, instances) in &services {
            show(name, instances, args, terminal)?;
        }
    }
    Ok(if args.name.is_some() && services.is_empty() { Outcome::Found } else { Outcome::Fine })
}

async fn lookup(handle: &Handle, args: &Discover) -> Result<Services, RegistryError> {
    let registry = handle.registry();
    let names = match &args.name {
        Some(name) => vec![name.clone()],
        None => registry.interfaces().await?,
    };
    let mut services = Services::new();
    for name in names {
        let instances = Arc::clone(&registry.watch(&name).await?.borrow());
        if args.all || !instances.is_empty() {
            services.insert(name, instances);
        }
    }
    Ok(services)
}

/// What to do about a registry that does not answer.
pub(super) fn trouble(error: RegistryError) -> Trouble {
    Trouble::new(format!("discovery failed: {error}")).help("is what `container.registry` names running?")
}

fn show<W: Write>(
    name: &str,
    instances: &[Instance],
    args: &Discover,
    terminal: &mut Terminal<W>,
) -> Result<(), Trouble> {
    if !args.versions {
        return show_group(name, &instances.iter().collect::<Vec<_>>(), args, terminal);
    }
    let mut by_version = BTreeMap::<_, Vec<&Instance>>::new();
    for instance in instances {
        by_version.entry((instance.parsed_version(), &instance.version)).or_default().push(instance);
    }
    for ((_, version), instances) in by_version {
        let label = version.as_ref().map_or_else(|| name.to_owned(), |version| format!("{name}@{version}"));
        show_group(&label, &instances, args, terminal)?;
    }
    Ok(())
}

fn show_group<W: Write>(
    label: &str,
    instances: &[&Instance],
    args: &Discover,
    terminal: &mut Terminal<W>,
) -> Result<(), Trouble> {
    let processes: BTreeSet<&str> = instances.iter().map(|instance| &*instance.identity).collect();
    let label = terminal.styled(Style::Name, label);
    terminal.line(format_args!("{label} [{}]", processes.len()))?;
    if !(args.instances || args.full || args.name.is_some()) {
        return Ok(());
    }
    let mut instances = instances.to_vec();
    instances.sort_by_key(|instance| &instance.identity);
    for instance in instances {
        let identity: String = instance.identity.chars().take(IDENTITY_CHARS).collect();
        let version = format!("{:<11}", instance.version.as_deref().unwrap_or("–"));
        let version = terminal.styled(Style::Detail, &version);
        terminal.line(format_args!("[{identity}]  {version}  {}", instance.endpoint))?;
        if args.full {
            terminal.line(format_args!("    id: {}", instance.id))?;
            terminal.line(format_args!("    identity: {}", instance.identity))?;
            for (key, value) in &instance.info {
                terminal.line(format_args!("    {key}: {value}"))?;
            }
        }
    }
    terminal.line("")
}
