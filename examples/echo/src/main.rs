//! Two versions of one interface in one process: callers of each get their own answers.

lymph::include_schema!("echo");

use echo::v2::{Shout, TooQuiet, UpperError};
use echo::{v1, v2};
use lymph::{Container, Context, Fault};

/// What callers of `echo@1.5` still get.
struct EchoOne;

impl v1::Echo for EchoOne {
    async fn upper(&self, _: &Context, request: v1::UpperRequest) -> Result<String, Fault> {
        Ok(request.text.to_uppercase())
    }
}

/// What `echo@2.0` answers: it counts.
struct EchoTwo;

impl v2::Echo for EchoTwo {
    async fn upper(&self, _: &Context, request: v2::UpperRequest) -> Result<Shout, Fault<UpperError>> {
        if request.text.is_empty() {
            return Err(TooQuiet::new().with_message("there is nothing to say").into());
        }
        let upper = request.text.to_uppercase();
        let changed = request.text.chars().filter(|c| c.is_lowercase()).count();
        Ok(Shout::new(upper, u32::try_from(changed).unwrap_or(u32::MAX)))
    }
}

#[tokio::main]
async fn main() -> Result<(), lymph::Error> {
    Container::from_args()?
        .serve(v1::EchoServer::new(EchoOne))
        .serve(v2::EchoServer::new(EchoTwo))
        .run()
        .await
}
