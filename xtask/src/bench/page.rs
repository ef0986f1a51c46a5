//! Numbers in, Markdown out.

use super::chart;
use super::numbers::{share, three_digits, times};
use super::results::{Cell, Report, Sample, counted};

/// A subject in the words of the page.
pub(super) struct Subject {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    about: &'static str,
}

/// All, in the order of tables and chart.
pub(super) const SUBJECTS: [Subject; 7] = [
    Subject {
        name: "lymph",
        title: "lymph",
        about: "client and server that `lymph-build` generates, found through the hub, with lymph's deadlines, \
                retries and limits as they are by default",
    },
    Subject {
        name: "asleep",
        title: "lymph, asleep",
        about: "the same with `busy_poll_micros: 0` on both sides: whoever has nothing to do sleeps until it is \
                woken, as all the others do",
    },
    Subject {
        name: "tonic",
        title: "tonic",
        about: "0.14 with prost, gRPC over HTTP/2, generated from a `.proto` that says the same; streams of one \
                connection raised to 1,024, all else by default",
    },
    Subject { name: "tarpc", title: "tarpc", about: "0.38 over TCP with bincode, all by default" },
    Subject {
        name: "zeromq",
        title: "`zeromq`",
        about: "the crate, 0.7, ROUTER and DEALER, with the five frames of a lymph message; what is in them is \
                bytes that nobody reads",
    },
    Subject {
        name: "tcp",
        title: "bare TCP",
        about: "tokio alone: a length, a number and as many bytes, many frames in one read and one write. The \
                limit for one connection with several calls under way, and sides that take turns and sleep between",
    },
    Subject {
        name: "python",
        title: "Python lymph",
        about: "0.15 on gevent and libzmq, with a registry that is told where the server is",
    },
];

/// Payloads by name, in words.
pub(super) const PAYLOADS: [(&str, &str); 3] =
    [("small", "64 bytes"), ("order", "a struct of 20 fields, 1 KiB"), ("blob", "64 KiB of bytes")];

/// The whole of `docs/benchmarks.md`.
pub(super) fn page(report: &Report) -> String {
    let mut page = Page { report, out: String::new() };
    page.begin();
    page.ratios();
    page.calls();
    page.all_cores();
    page.events();
    page.discovery();
    page.chart();
    page.end();
    page.out
}

struct Page<'a> {
    report: &'a Report,
    out: String,
}

impl Page<'_> {
    fn say(&mut self, text: &str) {
        self.out += text;
        self.out.push('\n');
    }

    fn row(&mut self, cells: &[String]) {
        self.say(&format!("| {} |", cells.join(" | ")));
    }

    /// The line of names and the one below; all but the first `left` columns hold numbers.
    fn head(&mut self, names: &[&str], left: usize) {
        self.say(&format!("| {} |", names.join(" | ")));
        let marks: Vec<_> =
            (0..names.len()).map(|column| if column < left { "---" } else { "--:" }).collect();
        self.say(&format!("|{}|", marks.join("|")));
    }

    fn begin(&mut self) {
        self.say("# Benchmarks\n");
        self.say("What calls, events and discovery cost, beside others that do the same. `cargo xtask bench` measured");
        self.say(&format!("it and wrote this page on {}; do not edit it.\n", self.report.machine.date));
    }

    fn ratios(&mut self) {
        let report = self.report;
        let ours: Vec<_> = report.results.calls.iter().filter(|cell| cell.subject == "lymph").collect();
        let ours: Vec<_> = ours.into_iter().filter(|cell| cell.threads == 1).collect();
        if ours.is_empty() {
            return;
        }
        self.say("## Against others\n");
        self.say("Calls per second of lymph, how many times as many as others that is, and which share of what bare TCP does:\n");
        let names = [
            "payload",
            "in flight",
            "lymph",
            "to asleep",
            "to tonic",
            "to tarpc",
            "to Python",
            "of `zeromq`",
            "of bare TCP",
        ];
        self.head(&names, 1);
        for cell in &ours {
            self.ratio(
                cell,
                "calls/s",
                |sample| sample.calls_per_second,
                |subject, ours, theirs| {
                    if ["zeromq", "tcp"].contains(&subject) {
                        share(ours, theirs)
                    } else {
                        times(ours, theirs)
                    }
                },
            );
        }
        self.say("\nCPU time of client and server together for one call, and how many times as much others need; it");
        self.say("depends less on what else the machine does:\n");
        let names =
            ["payload", "in flight", "lymph", "asleep", "tonic", "tarpc", "Python", "`zeromq`", "bare TCP"];
        self.head(&names, 1);
        for cell in &ours {
            self.ratio(cell, "µs", Sample::micros, |_, ours, theirs| times(theirs, ours));
        }
        self.say("\n[Where the time of a call goes](benchmarks/profile.md) says what it is spent on, and what less would take.");
        self.say("");
    }

    /// One load: our number, and what `against` makes of it and of each other subject's.
    fn ratio(
        &mut self,
        cell: &Cell,
        unit: &str,
        number: fn(&Sample) -> f64,
        against: fn(&str, f64, f64) -> String,
    ) {
        let Some(ours) = cell.median().map(|sample| number(&sample)) else { return };
        let mut row = vec![payload(&cell.payload).to_owned(), cell.in_flight.to_string()];
        row.push(format!("{} {unit}", three_digits(ours)));
        for subject in ["asleep", "tonic", "tarpc", "python", "zeromq", "tcp"] {
            let theirs = self.report.results.beside(cell, subject).and_then(Cell::median);
            let says = theirs.map(|theirs| against(subject, ours, number(&theirs)));
            row.push(says.unwrap_or_else(|| "–".to_owned()));
        }
        self.row(&row);
    }

    fn calls(&mut self) {
        if self.report.results.calls.is_empty() {
            return;
        }
        let plan = &self.report.results.plan;
        let (rounds, warm_up, sample) = (plan.rounds, plan.warm_up_millis, plan.sample_millis);
        self.say("## Calls\n");
        self.say("Client and server are processes of their own on one machine, each with one thread for its work, and");
        self.say("share one connection over 127.0.0.1 with `TCP_NODELAY`. As many callers as are said to be in flight");
        self.say("call, look at the answer, and call again. The Rust ones are one binary: the same compiler, Cargo's");
        self.say("release profile, and mimalloc as the allocator of all alike. Subjects take turns, another one begins in");
        self.say(&format!("each round, and each of {rounds} rounds has new processes, which warm up for {warm_up} ms and are measured"));
        self.say(&format!(
            "for {sample} ms. Rows are medians over the {} rounds in which client and server waited least for a core.",
            counted(rounds)
        ));
        self.say("Callers keep what they send: generated clients of lymph borrow it, tonic and tarpc take a clone.\n");
        for Subject { title, about, .. } in &SUBJECTS {
            self.say(&format!("- **{title}**: {about}."));
        }
        self.say("");
        for (name, title) in PAYLOADS {
            let report = self.report;
            let cells = report.results.calls.iter().filter(|cell| cell.payload == name && cell.threads == 1);
            let cells: Vec<_> = cells.collect();
            if !cells.is_empty() {
                self.say(&format!("### {}{}\n", title[..1].to_uppercase(), &title[1..]));
                self.table(&cells);
            }
        }
    }

    fn table(&mut self, cells: &[&Cell]) {
        let names = [
            "in flight",
            "",
            "calls/s",
            "slowest to fastest of all rounds",
            "p50 µs",
            "p99 µs",
            "p99.9 µs",
            "CPU µs, client + server",
            "memory MiB, client + server",
        ];
        self.head(&names, 2);
        let mut failures = Vec::new();
        for cell in cells {
            for failure in cell.failures.iter().filter_map(|failure| failure.lines().next()) {
                let line = format!("- {} ×{}: {failure}", title(&cell.subject), cell.in_flight);
                if !failures.contains(&line) {
                    failures.push(line);
                }
            }
            let row = [cell.in_flight.to_string(), title(&cell.subject).to_owned()];
            let Some(sample) = cell.median() else {
                let mut row = row.to_vec();
                row.push("failed".to_owned());
                row.resize(names.len(), "–".to_owned());
                self.row(&row);
                continue;
            };
            let (slowest, fastest) = cell.range();
            let mib = |kib: f64| three_digits(kib / 1024.0);
            let numbers = [
                three_digits(sample.calls_per_second),
                format!("{} to {}", three_digits(slowest), three_digits(fastest)),
                three_digits(sample.p50_micros),
                three_digits(sample.p99_micros),
                three_digits(sample.p999_micros),
                format!("{} + {}", three_digits(sample.client_micros), three_digits(sample.server_micros)),
                format!("{} + {}", mib(sample.client_kib), mib(sample.server_kib)),
            ];
            self.row(&[row.as_slice(), numbers.as_slice()].concat());
        }
        self.say("");
        if !failures.is_empty() {
            self.say("What failed:\n");
            failures.iter().for_each(|failure| self.say(failure));
            self.say("");
        }
    }

    fn all_cores(&mut self) {
        let report = self.report;
        let cells: Vec<_> = report.results.calls.iter().filter(|cell| cell.threads > 1).collect();
        let Some(first) = cells.first() else { return };
        self.say("### On all cores\n");
        self.say(&format!(
            "The same with {0} threads in the server and {0} clients of one thread, which share what is in flight. \
             lymph has `container.threads`, others tokio's multi-threaded runtime. Percentiles are of the slower \
             client.\n",
            first.threads
        ));
        for (name, title) in PAYLOADS {
            let cells: Vec<_> = cells.iter().copied().filter(|cell| cell.payload == name).collect();
            if !cells.is_empty() {
                self.say(&format!("{}{}:\n", title[..1].to_uppercase(), &title[1..]));
                self.table(&cells);
            }
        }
    }

    fn events(&mut self) {
        let report = self.report;
        let mut loads: Vec<_> = Vec::new();
        for sample in &report.results.events {
            let load = (sample.work.as_str(), sample.in_flight);
            if !loads.contains(&load) {
                loads.push(load);
            }
        }
        if loads.is_empty() {
            return;
        }
        self.say("## Events\n");
        self.say("Persistent events of 1 KiB through durable queues of one RabbitMQ: lymph's generated events beside the");
        self.say("client library `lapin`, on which it stands, with bytes. An event counts as emitted when the broker has");
        self.say("confirmed it, and as consumed when it is acknowledged. CPU time is ours, the broker's is not in it.\n");
        self.head(&["", "in flight", "lymph, events/s", "lapin, events/s", "", "CPU µs, lymph", "lapin"], 1);
        for (work, in_flight) in loads {
            let numbers = |subject| report.results.event(subject, work, in_flight);
            let (Some(ours), Some(theirs)) = (numbers("lymph"), numbers("lapin")) else { continue };
            let what = if work == "emit" { "emit, confirmed" } else { "consume, acknowledge" };
            let row = [
                what.to_owned(),
                super::numbers::with_commas(&in_flight.to_string()),
                three_digits(ours.0),
                three_digits(theirs.0),
                share(ours.0, theirs.0),
                three_digits(ours.1),
                three_digits(theirs.1),
            ];
            self.row(&row);
        }
        self.say("");
    }

    fn discovery(&mut self) {
        let Some(discovery) = &self.report.results.discovery else { return };
        let (callers, instances) = (discovery.callers, discovery.instances);
        let all_again = callers * (instances + 1);
        let lines = [
            "## Discovery\n".to_owned(),
            format!(
                "{callers} sessions follow an interface with {instances} instances in one ZooKeeper, which counts the"
            ),
            "requests it receives (`zk_packets_received` of `mntr`).\n".to_owned(),
            "| what happens | requests |\n|---|--:|".to_owned(),
            format!(
                "| one caller looks the interface up for the first time | {} |",
                three_digits(discovery.requests_per_lookup)
            ),
            format!(
                "| one more instance comes, for all callers together | {} |",
                three_digits(discovery.requests_per_instance)
            ),
            format!("| it goes again | {} |", three_digits(discovery.requests_per_departure)),
            format!(
                "| nothing, for a second: {callers} sessions stay alive | {} |\n",
                three_digits(discovery.idle_per_second)
            ),
            format!(
                "All callers know the new instance {} ms after it began to register.",
                three_digits(discovery.known_after_millis)
            ),
            format!(
                "Callers that read everything again would have asked {} times.\n",
                super::numbers::with_commas(&all_again.to_string())
            ),
        ];
        for line in lines {
            self.say(&line);
        }
    }

    fn chart(&mut self) {
        if chart::chart(self.report).is_some() {
            self.say("## Chart\n");
            self.say("![Calls per second of each subject, for each payload](benchmarks/calls.svg)\n");
        }
    }

    fn end(&mut self) {
        let machine = &self.report.machine;
        let waited = self.report.results.waited().map_or_else(String::new, |waited| {
            format!(
                " Clients and servers of calls\nwaited {} of their time for a core that was taken.",
                share(waited, 1.0)
            )
        });
        let lines = [
            "## Machine\n".to_owned(),
            format!("{} cores of {}, {}, {}. Client and server share them;", machine.cores, machine.cpu, machine.kernel, machine.rustc),
            format!("absolute numbers are worth little on another machine, ratios more.{waited}\n"),
            "## Repeat it\n".to_owned(),
            "`cargo xtask bench` builds `tests/bench`, which no other command compiles, starts its own RabbitMQ and ZooKeeper, takes a quarter of".to_owned(),
            "an hour and writes this page. `--quick` takes a minute and only prints. `--instructions` counts instructions of".to_owned(),
            "a call and compares them with [what the repository keeps](benchmarks/instructions.txt). A subject is one file in".to_owned(),
            "`tests/bench/src/subjects` and a line in `subject.rs`.".to_owned(),
        ];
        for line in lines {
            self.say(&line);
        }
    }
}

/// A payload in words short enough for a table.
fn payload(name: &str) -> &str {
    match name {
        "small" => "64 bytes",
        "order" => "1 KiB struct",
        "blob" => "64 KiB",
        other => other,
    }
}

/// A subject as the page calls it.
pub(super) fn title(name: &str) -> &str {
    SUBJECTS.iter().find(|subject| subject.name == name).map_or(name, |subject| subject.title)
}
