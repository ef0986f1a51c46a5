//! Numbers in, SVG out: a dot for each subject on a scale of powers of ten, as they are orders of magnitude apart.

use std::fmt::Write;

use super::numbers::{three_digits, with_commas};
use super::page::{PAYLOADS, SUBJECTS};
use super::results::{Cell, Report};

/// The load that is drawn: enough calls at once for batches, not so many that queues are measured.
const IN_FLIGHT: usize = 64;

const WIDTH: f64 = 760.0;
/// Where the scale begins, right of the names, and where it ends; numbers stand behind their dots.
const LEFT: f64 = 120.0;
const RIGHT: f64 = 680.0;
const TITLE: f64 = 24.0;
const ROW: f64 = 22.0;
const SCALE: f64 = 22.0;
const GAP: f64 = 28.0;

/// Colours that stand out from white and from black; text follows the reader's scheme.
const STYLE: &str = "text{font:13px system-ui,sans-serif;fill:#24292f}\
.title{font-weight:600}\
.name{text-anchor:end}\
.tick{text-anchor:middle;font-size:11px;fill:#7d8590}\
line{stroke:#8c959f;stroke-opacity:.4}\
circle{fill:#8c959f}\
.lymph{fill:#2f81f7}\
@media(prefers-color-scheme:dark){text{fill:#e6edf3}}";

/// The whole of `docs/benchmarks/calls.svg`; `None` when the load that it shows was not measured.
pub(super) fn chart(report: &Report) -> Option<String> {
    let cells = report.results.calls.iter();
    let drawn: Vec<_> = cells.filter(|cell| cell.in_flight == IN_FLIGHT && cell.threads == 1).collect();
    let rates = || drawn.iter().filter_map(|cell| Some(cell.median()?.calls_per_second));
    let lowest = rates().fold(f64::INFINITY, f64::min);
    let highest = rates().fold(0.0, f64::max);
    if highest == 0.0 {
        return None;
    }
    let scale = Scale { from: lowest.log10().floor() as i32, to: highest.log10().ceil() as i32 };
    let (mut body, mut top) = (String::new(), 0.0);
    for (name, title) in PAYLOADS {
        let cells: Vec<_> = drawn.iter().copied().filter(|cell| cell.payload == name).collect();
        if !cells.is_empty() {
            let title = format!("{title}, {IN_FLIGHT} in flight: calls per second");
            top = group(&mut body, top, &title, &cells, &scale) + GAP;
        }
    }
    let height = top - GAP;
    Some(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\">\n\
         <title>Calls per second</title>\n<style>{STYLE}</style>\n{body}</svg>\n"
    ))
}

/// Powers of ten.
struct Scale {
    from: i32,
    to: i32,
}

impl Scale {
    fn x(&self, value: f64) -> f64 {
        let steps = f64::from((self.to - self.from).max(1));
        LEFT + (RIGHT - LEFT) * (value.log10() - f64::from(self.from)) / steps
    }
}

/// One payload; returns where it ends.
fn group(out: &mut String, top: f64, title: &str, cells: &[&Cell], scale: &Scale) -> f64 {
    text(out, "title", 0.0, top + 14.0, title);
    let rates: Vec<_> = SUBJECTS
        .iter()
        .filter_map(|subject| {
            let cell = cells.iter().find(|cell| cell.subject == subject.name)?;
            Some((subject, cell.median()?.calls_per_second))
        })
        .collect();
    let (first, last) = (top + TITLE, top + TITLE + ROW * rates.len() as f64);
    for power in scale.from..=scale.to {
        let value = 10f64.powi(power);
        let x = scale.x(value);
        line(out, x, first, x, last);
        text(out, "tick", x, last + 14.0, &with_commas(&format!("{value:.0}")));
    }
    for (row, (subject, rate)) in rates.into_iter().enumerate() {
        let (x, y) = (scale.x(rate), first + ROW * (row as f64 + 0.5));
        text(out, "name", LEFT - 8.0, y + 4.5, &subject.title.replace('`', ""));
        line(out, LEFT, y, x, y);
        let class = if subject.name == "lymph" { r#" class="lymph""# } else { "" };
        writeln!(out, r#"<circle{class} cx="{x:.1}" cy="{y:.1}" r="5"/>"#).expect("text grows");
        text(out, "number", x + 10.0, y + 4.5, &three_digits(rate));
    }
    last + SCALE
}

fn text(out: &mut String, class: &str, x: f64, y: f64, text: &str) {
    writeln!(out, r#"<text class="{class}" x="{x:.1}" y="{y:.1}">{text}</text>"#).expect("text grows");
}

fn line(out: &mut String, x1: f64, y1: f64, x2: f64, y2: f64) {
    writeln!(out, r#"<line x1="{x1:.1}" y1="{y1:.1}" x2="{x2:.1}" y2="{y2:.1}"/>"#).expect("text grows");
}
