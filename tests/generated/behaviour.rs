//! What generated code does: on the wire, and between a client and a server.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use lymph::client::Arguments;
use lymph::codec::{from_bytes, to_bytes};
use lymph::error::ErrorBody;
use lymph::events::{Consumer, EventBus, Outcome, Subscription};
use lymph::service::Request;
use lymph::testing::Cluster;
use lymph::{CallError, Context, DeclaredError, Decode, Encode, Fault, Mock, Value};
use lymph_generated_2024::defaults as corpus;
use serde_json::json;

use corpus::enums::enums::{Only, Payment, Quality, Side};
use corpus::errors::errors::{EveryError, LocateError, NotFound, OwnMessage, Plain, QuotaExceeded};
use corpus::methods::methods as m;
use corpus::patches::patches as p;
use corpus::records::records::{Empty, History, Node, Offer, Price};
use corpus::unions::unions::{LatLng, Place};

fn wire(value: &impl Encode) -> serde_json::Value {
    serde_json::to_value(Value::from_encode(value).unwrap()).unwrap()
}

fn read<T: Decode>(value: serde_json::Value) -> Result<T, String> {
    from_bytes(&to_bytes(&Value::from(value))).map_err(|error| error.to_string())
}

#[test]
fn former_names_are_written_and_read_beside_the_new_one() {
    let history = History::new("here").with_tags(["a".to_owned()]);
    let both = json!({"position": "here", "pos": "here", "place": "here", "tags": ["a"], "tag": ["a"],
        "most": 10, "limit": 10});
    assert_eq!(wire(&history), both);
    assert_eq!(read(json!({"pos": "here", "tag": ["a"], "limit": 10})), Ok(history));
}

#[test]
fn missing_and_nil_are_the_same() {
    let expected = Ok(History::new("here"));
    assert_eq!(read(json!({"position": "here", "later": [1, {"a": 2}]})), expected);
    assert_eq!(read(json!({"position": "here", "tags": null, "most": null, "hint": null})), expected);
    assert_eq!(read::<History>(json!({"most": 1})).unwrap_err(), "`position` is missing");
    let error = read::<Node>(json!({"value": 1, "children": [{"value": "x"}]})).unwrap_err();
    assert_eq!(error, "`children[0].value`: expected an integer, found a string");
}

#[test]
fn closed_structs_refuse_keys_that_they_do_not_know() {
    let price = json!({"sum": {"__type__": "Decimal", "_": "1.50"}, "part": {"newer": 1}});
    assert_eq!(read(price.clone()), Ok(Price::new("1.50".parse().unwrap()).with_part(Empty::new())));
    let more = json!({"amount": {"__type__": "Decimal", "_": "1.50"}, "curren\ncy": "EUR"});
    assert_eq!(read::<Price>(more.clone()).unwrap_err(), "`curren\\ncy` is no field of `Price`");
    let error = read::<Offer>(json!({"price": price, "more": [more], "newer": 1})).unwrap_err();
    assert_eq!(error, "`more[0]`: `curren\\ncy` is no field of `Price`");
}

#[test]
fn cycles_are_boxed_and_travel() {
    let node = Node::new(1).with_next(Node::new(2).with_children([Node::new(3)]));
    assert_eq!(from_bytes::<Node>(&to_bytes(&node)), Ok(node));
}

#[test]
fn every_default_of_a_schema_is_a_value() {
    let filled = corpus::scalars::scalars::Filled::default();
    assert_eq!(filled.n.to_rfc3339(), "2026-01-31T12:30:00.250+05:30");
    assert_eq!((filled.r.to_string(), filled.i), ("-12.3400".to_owned(), u64::MAX));
    assert_eq!(from_bytes(&to_bytes(&filled)), Ok(filled.clone()));
    assert_eq!(read(json!({})), Ok(filled));
}

#[test]
fn open_enums_send_on_what_they_do_not_know() {
    let unknown: Quality = read(json!("galactic")).unwrap();
    assert!(matches!(&unknown, Quality::Unknown(name) if name.as_str() == "galactic"));
    assert_eq!(wire(&unknown), json!("galactic"));
    assert_eq!(read(json!("road")), Ok(Quality::Street));
    assert_eq!(wire(&Quality::Country), json!("COUNTRY-WIDE"));
    assert_eq!(read::<Side>(json!("east")).unwrap_err(), "`east` is no variant of `Side`");
}

#[test]
fn open_unions_send_on_what_they_do_not_know() {
    let sent = json!({"sphere": {"center": [1, 2], "radius": 3.5}});
    let unknown: Place = read(sent.clone()).unwrap();
    assert!(matches!(&unknown, Place::Unrecognized(variant) if variant.name() == "sphere"));
    assert_eq!(wire(&unknown), sent);
    assert_eq!(read(json!({"label": "home"})), Ok(Place::Name("home".to_owned())));
    assert_eq!(read::<Place>(json!({})).unwrap_err(), "a union has one entry, not 0");
}

#[test]
fn arguments_are_what_the_request_reads() {
    let tags = ["a".to_owned()];
    let args = m::FindArgs::new("Bern").country("CH").tags(&tags);
    let request: m::FindRequest = from_bytes(&to_bytes(&args)).unwrap();
    assert_eq!(request, m::FindRequest::new("Bern").with_country("CH").with_tags(tags));
    assert_eq!(wire(&m::FindArgs::from("Bern")), json!({"text": "Bern", "limit": 10, "tags": []}));
    assert_eq!(wire(&m::SearchArgs::from(&"x".to_owned())), json!({"query": "x", "text": "x"}));
    let bytes = m::OnlyOptionalArgs::new().c(b"xyz");
    assert_eq!(
        from_bytes::<m::OnlyOptionalRequest>(&to_bytes(&bytes)).unwrap().c.as_deref(),
        Some(&b"xyz"[..])
    );
    assert_eq!(wire(&m::OneNumberArgs::from(7)), json!({"a": 7}));
}

#[test]
fn patches_tell_left_out_cleared_and_set_apart() {
    let mut edit = p::Edit::new();
    assert_eq!((wire(&edit), read(json!({}))), (json!({}), Ok(p::Edit::default())));
    edit = edit.clear_age().clear_tags().with_name("Zoë").with_undo(p::Edit::new().clear_name());
    edit = edit.with_address(p::Address::new("Lane"));
    let lane = json!({"street": "Lane", "floor": 0});
    let sent = json!({"name": "Zoë", "age": null, "address": lane, "addr": lane, "tags": null,
        "undo": {"name": null}});
    assert_eq!((wire(&edit), read(sent.clone())), (sent, Ok(edit)));
    let read_edit = |value| read::<p::Edit>(value);
    assert_eq!(read_edit(json!({"addr": null})), Ok(p::Edit::new().clear_address()));
    assert_eq!(read_edit(json!({"age": "x"})).unwrap_err(), "`age`: expected an integer, found a string");
    let exact = p::Exact::new(lymph::types::Uuid::nil());
    assert_eq!(from_bytes(&to_bytes(&exact)), Ok(exact.clone()));
    assert_eq!(from_bytes(&to_bytes(&exact.clone().clear_note())), Ok(exact.clear_note()));
}

#[test]
fn patches_are_arguments() {
    let id = lymph::types::Uuid::nil();
    let tags = ["a".to_owned()];
    let args = p::UpdateArgs::new(id).name("Zoë").photo(b"xyz").tags(&tags).clear_age().clear_note_();
    let request = p::UpdateRequest::new(id).with_name("Zoë").with_photo(&b"xyz"[..]).with_tags(tags.clone());
    assert_eq!(from_bytes(&to_bytes(&args)), Ok(request.clear_age().clear_note()));
    let mut held = Vec::new();
    args.held(&mut held);
    p::UpdateArgs::new(id).clear_name().note("x").held(&mut held);
    p::UpdateArgs::new(id).clear_name().held(&mut held);
    assert_eq!(held, [6, 6], "cleared is more than left out");
}

#[test]
fn what_a_patch_sets_is_checked() {
    let id = lymph::types::Uuid::nil();
    let check = |request: p::UpdateRequest| request.check().map_err(|violation| violation.to_string());
    let request = p::UpdateRequest::new(id);
    assert_eq!(check(request.clone().with_name("x").clear_tags()), Ok(()));
    let empty = "parameter `name` must have 1 to 80 characters, but has 0";
    assert_eq!(check(request.clone().with_name("")).unwrap_err(), empty);
    let tag = "parameter `tags[1]` must have 1 to 80 characters, but has 0";
    assert_eq!(check(request.with_tags(["x".to_owned(), String::new()])).unwrap_err(), tag);
    let edit = p::EditRequest::new(p::Edit::new().with_undo(p::Edit::new().with_age(151)));
    let old = "parameter `edit.undo.age` must be at most 150, but is 151";
    assert_eq!(edit.check().unwrap_err().to_string(), old);
}

#[test]
fn a_fallback_takes_names_that_only_newer_schemas_have() {
    let read_all = read(json!(["card", "OTHER", "misc", "crypto"]));
    assert_eq!(read_all, Ok(vec![Payment::Card, Payment::Other, Payment::Other, Payment::Other]));
    assert_eq!((wire(&Payment::Other), Payment::from_name("crypto")), (json!("OTHER"), None));
    assert_eq!(read(json!("more")), Ok(Only::Only));
}

#[test]
fn newer_arguments_are_held_only_with_more_than_their_default() {
    let held = |args: &dyn Arguments| {
        let mut held = Vec::new();
        args.held(&mut held);
        held
    };
    let (none, one) = ([], ["a".to_owned()]);
    assert_eq!(held(&m::FindArgs::new("x").limit(3).tags(&none)), [0; 0]);
    assert_eq!(held(&m::FindArgs::new("x").country("").tags(&one)), [2, 3]);
    assert_eq!(held(&m::NumbersArgs::new(1).c(-1)), [0; 0]);
    assert_eq!(held(&m::NumbersArgs::new(1).c(0)), [2]);
}

#[test]
fn constraints_name_the_parameter_and_its_bound() {
    use corpus::constraints::constraints::{Free, Inner, InsideRequest, PatternsRequest};
    let inside = |inner: Inner| {
        InsideRequest::new([], lymph::Map::new(), inner, ["n".to_owned()], Free::new("")).check()
    };
    assert_eq!(inside(Inner::new(500, "x")), Ok(()));
    let violation = inside(Inner::new(1, "x").with_next(Inner::new(501, "x"))).unwrap_err();
    assert_eq!(violation.to_string(), "parameter `d.next.size` must be 1 to 500, but is 501");
    let violation = PatternsRequest::new("A\"").check().unwrap_err();
    assert_eq!(violation.to_string(), "parameter `a` must match `^[a-z]+\"$`");
    let point = Place::Point(LatLng::new(91.0, 0.0));
    let violation = corpus::unions::unions::FindRequest::new(point).check().unwrap_err();
    assert_eq!(violation.to_string(), "parameter `place.point.lat` must be -90.0 to 90.0, but is 91.0");
}

#[test]
fn errors_travel_with_their_fields_and_message() {
    let error = LocateError::from(NotFound::new("x").with_hint("y"));
    assert_eq!(error.to_string(), "Nobody lives at that address");
    assert_eq!(LocateError::from_body(error.to_body()), error);
    let error = EveryError::from(OwnMessage::new("mine"));
    assert_eq!((error.to_body().message, error.to_string()), ("mine".to_owned(), "mine".to_owned()));
    assert_eq!(EveryError::from_body(error.to_body()), error);
    let error = EveryError::from(Plain::new().with_message("for once"));
    assert_eq!((error.to_body().data, &*error.to_body().message), (None, "for once"));
    assert_eq!(EveryError::from_body(error.to_body()), error);
    let retryable = LocateError::from(QuotaExceeded::new(Duration::from_secs(1)));
    assert!(retryable.is_retryable() && !error.is_retryable());
}

#[test]
fn errors_that_cannot_be_read_are_kept_as_unknown() {
    let body = |kind: &str| ErrorBody { kind: kind.to_owned(), message: "m".to_owned(), data: None };
    for kind in ["NotFound", "Newer"] {
        let error = LocateError::from_body(body(kind));
        assert!(matches!(error, LocateError::Unknown(_)), "{error:?}");
        assert_eq!(error.to_body(), body(kind));
    }
    assert!(matches!(EveryError::from_body(body("Unknown")), EveryError::Unknown(_)));
    // Python services know neither fields nor messages of ours.
    assert_eq!(EveryError::from_body(body("Plain")), EveryError::Plain(Plain::new().with_message("m")));
}

#[tokio::test(start_paused = true)]
async fn events_with_a_ttl_do_not_come_late() {
    use corpus::events::events::{Nothing, PriceQuoted};
    let cluster = Cluster::new();
    let running = cluster.container("emitter").start().await.unwrap();
    let emitter = running.handle();
    let queue = Subscription {
        queue: "I-h".to_owned(),
        topics: vec!["#".to_owned()],
        delivery: lymph::describe::Delivery::SHARED,
        concurrency: 1,
        python_compatible: false,
    };
    let (sender, mut heard) = tokio::sync::mpsc::unbounded_channel();
    let consumer: Consumer = Arc::new(move |delivered| {
        sender.send(delivered.topic).unwrap();
        Box::pin(std::future::ready(Outcome::Done))
    });
    // The queue is there, and nobody consumes it.
    cluster.bus().subscribe(queue.clone(), Arc::clone(&consumer)).await.unwrap().stop().await;
    emitter.emit(PriceQuoted::new(100)).await.unwrap();
    emitter.emit(Nothing::new()).await.unwrap();
    tokio::time::advance(Duration::from_millis(1500)).await;
    emitter.emit(PriceQuoted::new(200)).await.unwrap();
    tokio::time::advance(Duration::from_millis(1499)).await;
    let _subscribed = cluster.bus().subscribe(queue, consumer).await.unwrap();
    assert_eq!(heard.recv().await.as_deref(), Some("nothing"));
    assert_eq!(heard.recv().await.as_deref(), Some("price.quoted"));
    assert!(heard.try_recv().is_err(), "the first one was worth nothing any more");
}

/// Serves everything of `Methods`, and remembers what nobody waits for.
#[derive(Default)]
struct Served(Mutex<Vec<String>>);

impl m::Methods for Served {
    async fn ping(&self, _: &Context) -> Result<(), Fault> {
        Ok(())
    }
    async fn find(&self, _: &Context, request: m::FindRequest) -> Result<Vec<m::Item>, Fault> {
        Ok(vec![m::Item::new(request.text); request.limit.into()])
    }
    async fn only_optional(&self, _: &Context, request: m::OnlyOptionalRequest) -> Result<Option<u8>, Fault> {
        Ok(request.a.map(|_| 1))
    }
    async fn numbers(&self, _: &Context, request: m::NumbersRequest) -> Result<i64, Fault> {
        Ok(i64::from(request.a) + i64::from(request.b) + request.c)
    }
    async fn one_number(&self, _: &Context, _: m::OneNumberRequest) -> Result<(), Fault> {
        Err(Fault::internal("no"))
    }
    async fn several(&self, _: &Context, _: m::SeveralRequest) -> Result<(), Fault> {
        Ok(())
    }
    async fn younger(&self, _: &Context, _: m::YoungerRequest) -> Result<(), Fault> {
        Ok(())
    }
    async fn search(&self, _: &Context, request: m::SearchRequest) -> Result<m::Item, Fault> {
        Ok(m::Item::new(request.query))
    }
    async fn later(
        &self,
        _: &Context,
        request: m::LaterRequest,
        reply: lymph::service::Replier<String, m::LaterError>,
    ) {
        match &*request.item.name {
            "" => reply.error(&m::Failed::new().into()),
            name => reply.reply(&name.to_owned()),
        }
    }
    async fn whenever(&self, _: &Context, reply: lymph::service::Replier<(), lymph::NoErrors>) {
        reply.nack();
    }
    async fn inside(&self, _: &Context) -> Result<(), Fault> {
        Ok(())
    }
    async fn touch(&self, _: &Context, request: m::TouchRequest) -> Result<(), Fault> {
        self.0.lock().unwrap().push(request.place.to_string());
        Ok(())
    }
    async fn poke(&self, _: &Context) -> Result<(), Fault> {
        Ok(())
    }
    async fn warm(&self, _: &Context, _: m::WarmRequest) -> Result<(), Fault> {
        Ok(())
    }
    async fn clean(&self, _: &Context) -> Result<(), Fault> {
        Ok(())
    }
    async fn new(&self, _: &Context, _: m::NewRequest) -> Result<(), Fault> {
        Ok(())
    }
    async fn r#type(&self, _: &Context, request: m::TypeRequest) -> Result<(), Fault> {
        assert_eq!((&*request.self_, request.r#fn), ("x", 1));
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn clients_reach_servers() {
    let cluster = Cluster::new();
    let server =
        cluster.container("server").serve(m::MethodsServer::new(Served::default())).start().await.unwrap();
    let caller = cluster.container("caller").start().await.unwrap();
    let client = m::MethodsClient::new(&caller);
    client.ping().await.unwrap();
    let found = client.find(m::FindArgs::new("Bern").limit(2)).await.unwrap();
    assert_eq!(found, [m::Item::new("Bern"), m::Item::new("Bern")]);
    assert_eq!(client.only_optional(()).await, Ok(None));
    assert_eq!(client.numbers(1).await, Ok(7));
    #[allow(deprecated, reason = "served until the next major")]
    let item = client.search("x").await.unwrap();
    assert_eq!(item.name, "x");
    assert_eq!(client.later(&m::Item::new("y")).await, Ok("y".to_owned()));
    let failed = client.later(&m::Item::new("")).await;
    assert_eq!(failed, Err(CallError::Failed(m::LaterError::Failed(m::Failed::new()))));
    assert!(matches!(client.whenever().await, Err(CallError::Unknown(_))));
    assert!(matches!(client.one_number(3).await, Err(CallError::Unknown(_))));
    client.r#type("x").await.unwrap();
    client.new_(()).await.unwrap();
    client.touch(lymph::types::Uuid::nil()).await.unwrap();
    drop((server, caller));
}

#[tokio::test]
async fn mocks_need_nothing_generated() {
    let mock = Mock::new();
    mock.on(&m::methods_methods::FIND, |request| Ok(vec![m::Item::new(request.text)]));
    let found = m::MethodsClient::new(&mock).find("Bern").await.unwrap();
    assert_eq!(found, [m::Item::new("Bern")]);
}
