//! An environment in which Python lymph 0.15 runs.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

/// Files of ours that Python reads.
const SOURCES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/python");

/// Where the environment is; `cargo clean` removes it.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/python");

/// Builds lymph, whose package is from before wheels; newer ones drop what it relies on.
const BUILD_TOOL: &str = "setuptools==80.9.0";

/// A virtual environment with Python lymph 0.15.0, the libraries it needs, and a shim that makes
/// it run on today's Python. All test processes share one.
#[derive(Debug, Clone)]
pub struct PythonEnv {
    folder: PathBuf,
}

impl PythonEnv {
    /// The environment; creates it when it is not there or out of date, which takes ten seconds.
    ///
    /// # Errors
    ///
    /// When Python or its `venv` is missing, or packages cannot be installed.
    pub async fn get() -> Result<Self> {
        // Processes and threads wait here for whoever came first.
        tokio::task::spawn_blocking(|| {
            fs::create_dir_all(FOLDER)?;
            let folder = PathBuf::from(FOLDER).canonicalize()?;
            let lock = File::create(folder.with_extension("lock"))?;
            lock.lock()?;
            let stamp = folder.join("stamp");
            let contents = contents(&folder)?;
            if fs::read_to_string(&stamp).is_ok_and(|found| found == contents) {
                return Ok(Self { folder });
            }
            create(&folder)?;
            fs::write(stamp, contents)?;
            Ok(Self { folder })
        })
        .await?
    }

    /// Path of `python/services/NAME.yml`, which declares the `interfaces` of one of our services.
    pub fn service_config(name: &str) -> PathBuf {
        source("services").join(format!("{name}.yml"))
    }

    /// A program of the environment, such as `lymph` or `python`, which finds the services and
    /// scripts of ours by name.
    pub fn command(&self, program: &str) -> Command {
        let binaries = self.folder.join("bin");
        let path = std::env::var("PATH").unwrap_or_default();
        let mut command = Command::new(binaries.join(program));
        command
            .env("PATH", format!("{}:{path}", binaries.display()))
            .env("PYTHONPATH", source("services"))
            .env("PYTHONUNBUFFERED", "1")
            .env("PYTHONIOENCODING", "utf-8")
            .env_remove("LYMPH_CONFIG")
            .env_remove("LYMPH_NODE_CONFIG");
        command
    }

    /// Runs `script` of our `python` folder to its end and returns what it printed.
    ///
    /// # Errors
    ///
    /// When it fails, with what it wrote to stderr.
    pub async fn script(&self, script: &str, args: &[&str]) -> Result<String> {
        let mut command = tokio::process::Command::from(self.command("python"));
        command.arg(source(script)).args(args).kill_on_drop(true);
        let output = command.output().await?;
        let stderr = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{script} {args:?}: {}\n{stderr}", output.status);
        Ok(String::from_utf8(output.stdout)?)
    }
}

/// Path of a file in our `python` folder.
pub(crate) fn source(name: &str) -> PathBuf {
    Path::new(SOURCES).join(name)
}

/// All that decides how the environment looks, in one text.
fn contents(folder: &Path) -> Result<String> {
    let requirements = fs::read_to_string(source("requirements.txt"))?;
    Ok(format!("{}\n{BUILD_TOOL}\n{}{requirements}", folder.display(), shim_loader()))
}

/// A `.pth` file: one folder to search, one statement to run whenever Python starts. The shim is
/// read where it is, so changing it changes nothing that is installed.
fn shim_loader() -> String {
    format!("{SOURCES}/shim\nimport lymph_shim\n")
}

fn create(folder: &Path) -> Result<()> {
    let python = folder.join("bin/python");
    // The output of Python and pip goes to stderr as well, as they would leave the reader of a
    // silent test guessing.
    eprintln!("creating {} with Python lymph 0.15.0", folder.display());
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(folder)).context(
        "cannot create a virtual environment; run: \
         apt-get install -y --no-install-recommends python3 python3-venv",
    )?;
    let pip = || {
        let mut command = Command::new(&python);
        command.args(["-m", "pip", "--disable-pip-version-check", "install", "--no-deps"]);
        command
    };
    run(pip().arg(BUILD_TOOL))?;
    let requirements = source("requirements.txt");
    run(pip().arg("--no-build-isolation").arg("--requirement").arg(requirements))?;
    let library = folder.join("lib");
    for version in fs::read_dir(&library)? {
        let packages = version?.path().join("site-packages");
        if packages.is_dir() {
            return Ok(fs::write(packages.join("lymph-shim.pth"), shim_loader())?);
        }
    }
    bail!("{} holds no site-packages", library.display())
}

/// Runs a command with its stdout joined to our stderr.
fn run(command: &mut Command) -> Result<()> {
    eprintln!("{command:?}");
    let status = command.stdin(Stdio::null()).stdout(std::io::stderr()).status()?;
    ensure!(status.success(), "{command:?}: {status}");
    Ok(())
}
