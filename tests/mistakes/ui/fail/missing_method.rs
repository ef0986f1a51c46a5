//! The schema has a method that nobody wrote.
use lymph::{Context, Fault};
use lymph_mistakes::places::{PlaceFound, Places};

struct Service;

impl Places for Service {
    async fn found(&self, _: &Context, _: PlaceFound) -> Result<(), Fault> {
        Ok(())
    }
}

fn main() {}
