//! Nothing is sent before a call is awaited.
#![deny(unused_must_use)]
use lymph_mistakes::places::PlacesClient;

fn main() {
    let mock = lymph::Mock::new();
    PlacesClient::new(&mock).find("Bern");
}
