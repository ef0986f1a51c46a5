//! The handler keeps something that cannot change threads while it waits.
use std::rc::Rc;

use lymph::{Context, Fault};
use lymph_mistakes::places::{FindError, FindRequest, Place, PlaceFound, Places};

struct Service;

impl Places for Service {
    async fn find(&self, _: &Context, request: FindRequest) -> Result<Vec<Place>, Fault<FindError>> {
        let name = Rc::new(request.name);
        std::future::ready(()).await;
        drop(name);
        Ok(Vec::new())
    }
    async fn found(&self, _: &Context, _: PlaceFound) -> Result<(), Fault> {
        Ok(())
    }
}

fn main() {}
