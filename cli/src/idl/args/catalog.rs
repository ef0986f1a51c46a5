//! The arguments of the commands that say what rules and errors are about.

/// `explain`.
#[derive(Debug, clap::Args)]
pub struct Explain {
    /// A rule, or an error's code with or without `lymph::`
    #[arg(value_name = "RULE|CODE")]
    pub id: String,
}

/// `rules`.
#[derive(Debug, clap::Args)]
pub struct Rules {
    /// Write one JSON object for each rule
    #[arg(long)]
    pub json: bool,
}
