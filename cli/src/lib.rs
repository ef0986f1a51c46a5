//! The command line tools `lymph-idl`, which works on schemas, and `lymph`, which works on a cluster.
//!
//! This library holds their commands; the binaries only dispatch. Commands write to a [`Terminal`]
//! and end in an [`Outcome`]:
//!
//! ```
//! use lymph_cli::output::Terminal;
//! let mut terminal = Terminal::plain(Vec::new());
//! terminal.line("hello").unwrap();
//! ```
//!
//! [`Terminal`]: output::Terminal
//! [`Outcome`]: output::Outcome

pub mod idl;
pub mod manual;
pub mod ops;
pub mod output;
