//! What installs beside the programs: completions for shells, and manual pages.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Command;
use clap_complete::Shell;
use clap_mangen::Man;

use crate::output::{Ended, Outcome, Terminal, Trouble};

/// `completions`.
#[derive(Debug, clap::Args)]
pub struct Completions {
    /// Which shell
    pub shell: Shell,
}

/// `man`.
#[derive(Debug, clap::Args)]
pub struct Manual {
    /// Write pages into this folder
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
}

impl Completions {
    /// Writes what the shell evaluates to complete the arguments of `program`.
    pub(crate) fn run<W: Write>(&self, mut program: Command, terminal: &mut Terminal<W>) -> Ended {
        let name = program.get_name().to_owned();
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut program, &name, &mut script);
        // clap_complete 4.6 gives the two halves of its bash script different names for a program with a dash in
        // its own: without this nothing would be completed behind `lymph-idl gen`.
        let (one, other) = (name.replace('-', "__subcmd__"), name.replace('-', "__"));
        terminal.text(&String::from_utf8_lossy(&script).replace(&one, &other))?;
        Ok(Outcome::Fine)
    }
}

impl Manual {
    /// Writes a page for `program` and one for each of its commands, and tells where.
    pub(crate) fn run<W: Write>(&self, mut program: Command, terminal: &mut Terminal<W>) -> Ended {
        if self.out.exists() && !self.out.is_dir() {
            return Err(Trouble::new(format!(
                "cannot write into `{}`: it is not a folder",
                self.out.display()
            )));
        }
        fs::create_dir_all(&self.out).map_err(|error| unwritable(&self.out, &error))?;
        // Names pages of commands by the whole way to them: `lymph-idl-gen-rust`.
        program.build();
        let source = format!("{} {}", program.get_name(), program.get_version().unwrap_or_default());
        let mut commands = Vec::new();
        collect(&program, &mut commands);
        for command in commands {
            let page = Man::new(command).source(&source);
            let path = self.out.join(page.get_filename());
            let mut text = Vec::new();
            page.render(&mut text).map_err(|error| unwritable(&path, &error))?;
            fs::write(&path, text).map_err(|error| unwritable(&path, &error))?;
            terminal.line(format_args!("wrote {}", path.display()))?;
        }
        Ok(Outcome::Fine)
    }
}

/// Adds `command` and all that it has.
fn collect(command: &Command, commands: &mut Vec<Command>) {
    commands.push(command.clone());
    command
        .get_subcommands()
        .filter(|command| !command.is_hide_set())
        .for_each(|command| collect(command, commands));
}

fn unwritable(path: &Path, error: &std::io::Error) -> Trouble {
    Trouble::new(format!("cannot write `{}`: {error}", path.display()))
}
