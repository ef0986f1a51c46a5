//! A required argument is not given, and one is of another type.
use lymph_mistakes::places::{FindArgs, PlacesClient};

fn main() {
    let mock = lymph::Mock::new();
    let client = PlacesClient::new(&mock);
    let _ = client.find(());
    let _ = client.find(FindArgs::new("Bern").limit("10"));
}
