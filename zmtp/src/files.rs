//! How many files the process may have open, of which each connection is one.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::Options;

/// What a process needs besides connections: logs, its registry, what handlers open.
const OTHERS: usize = 256;

/// How many connections peers may make so that files remain for everything else, at most as many as
/// `options` let be; each of our `threads` may make some of its own.
///
/// Where the soft limit is too low for them it is raised, as far as the hard one lets it and not
/// beyond what is needed, as servers do that hold a connection for each client.
pub(crate) fn connections(options: &Options, threads: usize) -> usize {
    let others = options.max_dialed.saturating_mul(threads).saturating_add(OTHERS);
    let needed = options.max_accepted.saturating_add(others);
    let limit = getrlimit(Resource::Nofile);
    let Some(raised) = raised(&limit, needed as u64) else { return options.max_accepted };
    if let Err(error) = setrlimit(Resource::Nofile, raised) {
        tracing::debug!(%error, "cannot raise the limit of open files");
    }
    let Some(files) = getrlimit(Resource::Nofile).current else { return options.max_accepted };
    options.max_accepted.min(share(usize::try_from(files).unwrap_or(usize::MAX), others))
}

/// The limit that lets as many as `needed` be open, or as near to it as may be; `None` if this one
/// does.
fn raised(limit: &Rlimit, needed: u64) -> Option<Rlimit> {
    let current = limit.current.filter(|current| *current < needed)?;
    let most = limit.maximum.map_or(needed, |maximum| maximum.min(needed));
    Some(Rlimit { current: Some(current.max(most)), maximum: limit.maximum })
}

/// What remains of `files` besides `others`: where there are few, these get a quarter.
fn share(files: usize, others: usize) -> usize {
    files - others.min(files.div_ceil(4))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limit(current: impl Into<Option<u64>>, maximum: impl Into<Option<u64>>) -> Rlimit {
        Rlimit { current: current.into(), maximum: maximum.into() }
    }

    #[test]
    fn the_soft_limit_is_raised_as_far_as_needed_and_never_lowered() {
        let current = |limit: Rlimit| raised(&limit, 20_000).map(|raised| raised.current);
        assert_eq!(current(limit(1024, 524_288)), Some(Some(20_000)));
        assert_eq!(current(limit(1024, None)), Some(Some(20_000)));
        assert_eq!(current(limit(1024, 4096)), Some(Some(4096)));
        assert_eq!(current(limit(1024, 1024)), Some(Some(1024)));
        assert_eq!(current(limit(20_000, 20_000)), None);
        assert_eq!(current(limit(None, None)), None);
    }

    #[test]
    fn files_remain_for_everything_else() {
        let shares = [0, 1, 64, 1024, 10_000].map(|files| share(files, 1280));
        assert_eq!(shares, [0, 0, 48, 768, 8720]);
    }
}
