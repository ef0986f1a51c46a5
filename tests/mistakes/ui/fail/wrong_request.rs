//! The method takes its parameter, not the request.
use lymph::{Context, Fault};
use lymph_mistakes::places::{FindError, Place, PlaceFound, Places};

struct Service;

impl Places for Service {
    async fn find(&self, _: &Context, _: String) -> Result<Vec<Place>, Fault<FindError>> {
        Ok(Vec::new())
    }
    async fn found(&self, _: &Context, _: PlaceFound) -> Result<(), Fault> {
        Ok(())
    }
}

fn main() {}
