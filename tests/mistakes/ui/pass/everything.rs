//! How it is meant to be used.
use lymph::{Context, Fault, Mock, OrInternal, Service as _};
use lymph_mistakes::places::{
    FindArgs, FindError, FindRequest, Kind, NotFound, PLACES, Place, PlaceFound, Places, PlacesClient, PlacesServer,
    places_methods,
};

#[derive(Clone)]
struct Service;

impl Places for Service {
    async fn find(&self, cx: &Context, request: FindRequest) -> Result<Vec<Place>, Fault<FindError>> {
        let FindRequest { name, limit, .. } = request;
        if name.is_empty() {
            return Err(NotFound::new(name).into());
        }
        if name == "?" {
            Err(FindError::from(NotFound::new("?")))?;
        }
        let number: u8 = name.parse().or_internal()?;
        cx.emit(PlaceFound::new(&name)).await?;
        // A call inside a call keeps its trace and its deadline.
        let more = PlacesClient::new(cx).find(FindArgs::new(&name).limit(limit - 1)).await?;
        let kind = match number {
            0 => Kind::City,
            _ => Kind::Street,
        };
        Ok(more.into_iter().chain([Place::new(name, kind).with_note("here")]).collect())
    }
    async fn found(&self, _: &Context, _: PlaceFound) -> Result<(), Fault> {
        Ok(())
    }
}

/// Generic code may spawn the futures of any implementation.
fn spawnable<P: Places>(places: &P, cx: &Context, request: FindRequest) {
    fn is_send(_: &impl Send) {}
    is_send(&places.find(cx, request));
}

async fn calls(client: PlacesClient) -> Result<(), lymph::CallError<FindError>> {
    let later = { client.find(&String::from("borrows end here")) };
    let _: Vec<Place> = client.find("Bern").timeout(std::time::Duration::from_secs(1)).await?;
    let _ = later.defer();
    Ok(())
}

fn main() {
    let _ = spawnable::<Service>;
    let server = PlacesServer::from(std::sync::Arc::new(Service));
    assert!(std::ptr::eq(server.interface(), &PLACES));
    let mock = Mock::new();
    mock.on(&places_methods::FIND, |request| Ok(vec![Place::new(request.name, Kind::City)]));
    let _ = calls(PlacesClient::new(&mock));
}
