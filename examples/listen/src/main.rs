//! Prints who was greeted.

lymph::include_schema!("listen");

use greeting::Greeted;
use listen::{Listen, ListenServer};
use lymph::{Container, Context, Fault};

struct Listener;

impl Listen for Listener {
    #[allow(clippy::print_stdout, reason = "printing is what this service is for")]
    async fn greeted(&self, _: &Context, event: Greeted) -> Result<(), Fault> {
        println!("Somebody greeted {}", event.name);
        Ok(())
    }
}

#[tokio::main]
async fn main() -> Result<(), lymph::Error> {
    Container::from_args()?.serve(ListenServer::new(Listener)).run().await
}
