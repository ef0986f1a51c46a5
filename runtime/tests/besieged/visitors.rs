//! Peers in another process, so that what ours takes is its own, and files are enough for both ends.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use futures_util::future::join_all;

use crate::raw::Raw;

/// Tells the other process whom to visit, and how many are to come.
const ADDRESS: &str = "LYMPH_VISITED";
const COUNT: &str = "LYMPH_VISITORS";

/// What it says when they are there.
const THERE: &str = "all are there";

/// Connections that come from one address.
const FROM_ONE_ADDRESS: usize = 3000;

/// Connections that say nothing after their handshake, until this is dropped.
pub(crate) struct Visitors(Child);

impl Visitors {
    pub(crate) fn come(address: SocketAddr, count: usize) -> Self {
        let mut process = Command::new(std::env::current_exe().expect("it has a path"))
            .args(["visitors::visit", "--exact", "--ignored", "--nocapture"])
            .env(ADDRESS, address.to_string())
            .env(COUNT, count.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let lines = BufReader::new(process.stdout.take().expect("it was asked for")).lines();
        let is_there = lines.map_while(Result::ok).any(|line| line == THERE);
        let visitors = Self(process);
        assert!(is_there, "the visitors did not come");
        visitors
    }
}

impl Drop for Visitors {
    fn drop(&mut self) {
        _ = self.0.kill();
        _ = self.0.wait();
    }
}

#[tokio::test]
#[ignore = "it is the other process of the siege"]
async fn visit() {
    let variable = |name| std::env::var(name).expect("the siege says it");
    let address = variable(ADDRESS).parse().expect("it is an address");
    let count: usize = variable(COUNT).parse().expect("it is a number");
    let each = 50;
    let come = async |index: usize| {
        let mut raws = Vec::new();
        for visitor in (0..count).skip(index).step_by(each) {
            let host = u8::try_from(2 + visitor / FROM_ONE_ADDRESS).expect("there are few");
            raws.push(Raw::ours_from([127, 0, 0, host], address).await.expect("there is room"));
        }
        raws
    };
    let _there = join_all((0..each).map(come)).await;
    std::io::stdout().write_all(format!("\n{THERE}\n").as_bytes()).expect("the siege listens");
    // Until the siege lets go, or is gone itself.
    _ = std::io::stdin().read(&mut [0]);
}
