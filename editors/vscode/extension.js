// Starts the language server, `lymph-idl lsp`, and restarts it when it is asked to. Everything else is in the
// server and in the files that package.json names.
"use strict";

const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const vscode = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

const INSTALL = "cargo install --git https://github.com/lymph-rs/lymph lymph-cli";
const COPY = "Copy Install Command";
const SETTINGS = "Open Settings";

/** The client of the server that runs, if one does. */
let client;

/** What was last asked for: starts and stops come one after the other. */
let turn = Promise.resolve();

async function activate(context) {
  const restart = vscode.commands.registerCommand("lymph.server.restart", () => inTurn(startAgain));
  const settings = vscode.workspace.onDidChangeConfiguration((change) =>
    ["lymph.server", "lymph.rename"].some((part) => change.affectsConfiguration(part))
      ? inTurn(startAgain)
      : undefined,
  );
  context.subscriptions.push(restart, settings);
  await inTurn(startAgain);
}

function deactivate() {
  return inTurn(stop);
}

/** Runs `action` once everything asked for before is done, whether or not that went well. */
function inTurn(action) {
  turn = turn.then(action, action);
  return turn;
}

async function startAgain() {
  await stop();
  const settings = vscode.workspace.getConfiguration("lymph");
  const wanted = settings.get("server.path") || "lymph-idl";
  const command = find(wanted, process.env, vscode.workspace.workspaceFolders?.[0]?.uri.fsPath);
  if (command === undefined) {
    // Nobody waits for the answer: the server may be installed and restarted before there is one.
    tellMissing(wanted);
    return;
  }
  client = new LanguageClient(
    "lymph",
    "lymph",
    { command, args: ["lsp"] },
    {
      documentSelector: [{ scheme: "file", language: "lymph" }],
      initializationOptions: { rename: { keepWire: settings.get("rename.keepWire") !== false } },
    },
  );
  try {
    await client.start();
  } catch {
    // The client has said so, and offers its log.
    client = undefined;
  }
}

async function stop() {
  const running = client;
  client = undefined;
  // One that has crashed is not to be stopped, and has said so itself.
  await running?.stop().catch(() => undefined);
}

async function tellMissing(wanted) {
  const message = `lymph: the language server \`${wanted}\` was not found. Install it with: ${INSTALL}`;
  const answer = await vscode.window.showErrorMessage(message, COPY, SETTINGS);
  if (answer === COPY) {
    await vscode.env.clipboard.writeText(INSTALL);
  } else if (answer === SETTINGS) {
    await vscode.commands.executeCommand("workbench.action.openSettings", "lymph.server.path");
  }
}

/**
 * The file that `wanted` names: looked up in the variable PATH when it has no separator, else from `folder` on.
 * `undefined` when there is none that can be run.
 */
function find(wanted, variables, folder) {
  const name = wanted.startsWith("~/") ? path.join(os.homedir(), wanted.slice(2)) : wanted;
  const isName = path.basename(name) === name;
  const folders = isName ? (variables.PATH ?? "").split(path.delimiter).filter(Boolean) : [folder ?? ""];
  const endings = process.platform === "win32" ? ["", ".exe"] : [""];
  const files = folders.flatMap((folder) => endings.map((ending) => path.resolve(folder, name + ending)));
  return files.find(isProgram);
}

function isProgram(file) {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

module.exports = { activate, deactivate, find };
