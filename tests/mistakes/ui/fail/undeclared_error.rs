//! The method does not raise this error.
use lymph::{Context, Fault};
use lymph_mistakes::places::{FindError, FindRequest, Place, PlaceFound, Places, TooMany};

struct Service;

impl Places for Service {
    async fn find(&self, _: &Context, _: FindRequest) -> Result<Vec<Place>, Fault<FindError>> {
        Err(TooMany::new().into())
    }
    async fn found(&self, _: &Context, _: PlaceFound) -> Result<(), Fault> {
        Ok(())
    }
}

fn main() {}
