//! Certificates for tests, made with `openssl`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// An authority of one's own, with its files in a folder of the caller's.
#[derive(Debug)]
pub struct Authority {
    folder: PathBuf,
    /// What others need to check the certificates that it signs, as PEM.
    pub certificate: PathBuf,
}

/// A certificate and its key, as PEM.
#[derive(Debug, Clone)]
pub struct Certificate {
    /// The certificate.
    pub certificate: PathBuf,
    /// Its key.
    pub key: PathBuf,
}

impl Authority {
    /// Makes one with its files in `folder/NAME`.
    ///
    /// # Errors
    ///
    /// When `openssl` is missing or fails.
    pub fn new(folder: &Path, name: &str) -> Result<Self> {
        let folder = folder.join(name);
        fs::create_dir(&folder)?;
        let subject = format!("/CN={name}");
        openssl(
            &folder,
            &["req", "-x509", "-days", "2", "-subj", &subject, "-keyout", "ca.key", "-out", "ca.pem"],
        )?;
        Ok(Self { certificate: folder.join("ca.pem"), folder })
    }

    /// Signs a certificate for `names`, such as `DNS:localhost,IP:127.0.0.1`.
    ///
    /// # Errors
    ///
    /// When `openssl` fails.
    pub fn sign(&self, file: &str, names: &str) -> Result<Certificate> {
        let path = |extension: &str| self.folder.join(format!("{file}.{extension}"));
        let (key, request, certificate) = (path("key"), path("csr"), path("pem"));
        let (subject, names) = (format!("/CN={file}"), format!("subjectAltName={names}"));
        let text = |path: &Path| path.display().to_string();
        let (key_path, request_path) = (text(&key), text(&request));
        openssl(
            &self.folder,
            &[
                "req",
                "-subj",
                &subject,
                "-addext",
                &names,
                "-addext",
                "basicConstraints=critical,CA:FALSE",
                "-keyout",
                &key_path,
                "-out",
                &request_path,
            ],
        )?;
        openssl(
            &self.folder,
            &[
                "x509",
                "-req",
                "-in",
                &request_path,
                "-CA",
                "ca.pem",
                "-CAkey",
                "ca.key",
                "-days",
                "2",
                "-copy_extensions",
                "copyall",
                "-out",
                &text(&certificate),
            ],
        )?;
        Ok(Certificate { certificate, key })
    }
}

/// Runs `openssl` in `folder`; requests get a new key.
fn openssl(folder: &Path, args: &[&str]) -> Result<()> {
    let (first, rest) = args.split_first().context("a command")?;
    let mut command = Command::new("openssl");
    command.current_dir(folder).arg(first);
    if *first == "req" {
        command.args(["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]);
    }
    let output = command.args(rest).output();
    let output = output.context("no `openssl`; run: apt-get install -y --no-install-recommends openssl")?;
    ensure!(output.status.success(), "openssl {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}
