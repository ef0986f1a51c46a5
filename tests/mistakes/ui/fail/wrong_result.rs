//! The method returns another type.
use lymph::{Context, Fault};
use lymph_mistakes::places::{FindError, FindRequest, PlaceFound, Places};

struct Service;

impl Places for Service {
    async fn find(&self, _: &Context, request: FindRequest) -> Result<String, Fault<FindError>> {
        Ok(request.name)
    }
    async fn found(&self, _: &Context, _: PlaceFound) -> Result<(), Fault> {
        Ok(())
    }
}

fn main() {}
