//! The two services; each runs in a process of its own.

lymph::include_schema!("listen");

use greeting::{EmptyName, GreetError, GreetRequest, Greeted, Greeting, GreetingServer};
use listen::{Listen, ListenServer};
use lymph::{Container, Context, Fault};

struct Greeter;

impl Greeting for Greeter {
    async fn greet(&self, cx: &Context, request: GreetRequest) -> Result<String, Fault<GreetError>> {
        if request.name.is_empty() {
            return Err(EmptyName::new().with_message("name is empty").into());
        }
        cx.emit(Greeted::new(&request.name)).await?;
        Ok(format!("Hi, {}!", request.name))
    }
}

struct Listener;

impl Listen for Listener {
    #[allow(clippy::print_stdout, reason = "printing is what this service is for")]
    async fn greeted(&self, _: &Context, event: Greeted) -> Result<(), Fault> {
        println!("Somebody greeted {}", event.name);
        Ok(())
    }
}

/// Serves one of them on the hub at `hub` until SIGTERM.
pub(crate) async fn serve(service: &str, hub: &str) -> anyhow::Result<()> {
    let container = Container::on_hub(hub.parse()?);
    let container = match service {
        "Greeting" => container.serve(GreetingServer::new(Greeter)),
        "Listen" => container.serve(ListenServer::new(Listener)),
        other => anyhow::bail!("no service `{other}` here"),
    };
    Ok(container.run().await?)
}
