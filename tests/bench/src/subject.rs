//! What is compared, and the list of it.

use std::future::Future;
use std::net::SocketAddr;

use anyhow::{Context, Result};
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;

use crate::args::Job;
use crate::load;
use crate::payload::Payload;
use crate::results::Sample;
use crate::subjects::{lymph, tarpc, tcp, tonic, zeromq};

/// All subjects, in the order of the page.
pub(crate) const SUBJECTS: &[Subject] = &[
    Subject { name: "lymph", program: own::<lymph::Lymph>() },
    Subject { name: "asleep", program: own::<lymph::Asleep>() },
    Subject { name: "tonic", program: own::<tonic::Tonic>() },
    Subject { name: "tarpc", program: own::<tarpc::Tarpc>() },
    Subject { name: "zeromq", program: own::<zeromq::ZeroMq>() },
    Subject { name: "tcp", program: own::<tcp::Tcp>() },
    Subject { name: "python", program: Program::Python("peer.py") },
];

/// Those that are also measured with a thread for each core.
pub(crate) const ON_ALL_CORES: &[&str] = &["lymph", "tonic"];

/// One row of each table.
pub(crate) struct Subject {
    /// As results and the command line have it.
    pub(crate) name: &'static str,
    pub(crate) program: Program,
}

/// What runs as its client and as its server.
pub(crate) enum Program {
    /// This program.
    Own(Own),
    /// A script of `python/`, in the environment of the tests: `serve`, and `call` with the words of [`Job`].
    Python(&'static str),
}

/// An [`Rpc`] without its type.
#[derive(Clone, Copy)]
pub(crate) struct Own {
    /// Prints where it listens once it does; takes the number of threads to use.
    pub(crate) serve: fn(usize) -> LocalBoxFuture<'static, Result<()>>,
    pub(crate) server_runtime: fn(usize) -> usize,
    pub(crate) call: fn(Job) -> LocalBoxFuture<'static, Result<Sample>>,
}

/// A library with client and server. The value is a connected client that makes one kind of call.
pub(crate) trait Rpc: Send + Sync + Sized + 'static {
    /// Serves on a free port of 127.0.0.1, which it tells to `ready`, for as long as it is polled. With
    /// more than one of `threads`, it makes the best of them.
    fn serve(ready: fn(SocketAddr), threads: usize) -> impl Future<Output = Result<()>>;

    /// Which runtime its server wants, to use as many `threads`: how many it is to have of them.
    fn server_runtime(threads: usize) -> usize {
        threads
    }

    /// Connects, and prepares what each call is to send.
    fn connect(server: SocketAddr, payload: Payload) -> impl Future<Output = Result<Self>>;

    /// Calls once and looks at the answer; calls under way at once share the client.
    fn call(&self) -> impl Future<Output = Result<()>> + Send;
}

const fn own<R: Rpc>() -> Program {
    Program::Own(Own {
        serve: |threads| R::serve(tell, threads).boxed_local(),
        server_runtime: R::server_runtime,
        call: |job| load::run::<R>(job).boxed_local(),
    })
}

/// Prints where the server is, and which process it is: whoever starts it may do so through a shell.
fn tell(address: SocketAddr) {
    println!("{address} {}", std::process::id());
}

/// The one called `name`, which this program runs itself.
pub(crate) fn find_own(name: &str) -> Result<Own> {
    let found = SUBJECTS.iter().find_map(|subject| match subject.program {
        Program::Own(own) if subject.name == name => Some(own),
        _ => None,
    });
    found.with_context(|| format!("no subject `{name}` in this program"))
}
