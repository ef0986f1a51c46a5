//! Greets people and tells everybody that it did.

lymph::include_schema!("greeting");

use greeting::{EmptyName, GreetError, GreetRequest, Greeted, Greeting, GreetingServer};
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

#[tokio::main]
async fn main() -> Result<(), lymph::Error> {
    Container::from_args()?.serve(GreetingServer::new(Greeter)).run().await
}
