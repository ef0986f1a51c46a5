//! The interface handles no such event.
use lymph::{Context, Fault};
use lymph_mistakes::places::{FindError, FindRequest, Place, PlaceFound, Places};

struct Service;

impl Places for Service {
    async fn find(&self, _: &Context, _: FindRequest) -> Result<Vec<Place>, Fault<FindError>> {
        Ok(Vec::new())
    }
    async fn found(&self, _: &Context, _: PlaceFound) -> Result<(), Fault> {
        Ok(())
    }
    async fn lost(&self, _: &Context, _: PlaceFound) -> Result<(), Fault> {
        Ok(())
    }
}

fn main() {}
