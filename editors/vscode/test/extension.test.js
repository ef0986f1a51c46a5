// The extension with the real client and a real server, and of VS Code only what they ask of it. The variable
// LYMPH_IDL names the server.
"use strict";

const assert = require("node:assert/strict");
const fs = require("node:fs");
const Module = require("node:module");
const os = require("node:os");
const path = require("node:path");
const { after, beforeEach, test } = require("node:test");

const editor = require("./vscode.js");

const load = Module._load;
Module._load = (name, ...rest) => (name === "vscode" ? editor.vscode : load(name, ...rest));
const extension = require("../extension.js");

const server = process.env.LYMPH_IDL;
const manifest = JSON.parse(fs.readFileSync(path.join(__dirname, "../package.json"), "utf8"));

beforeEach(() => editor.reset());
after(() => extension.deactivate());

async function activate() {
  const context = { subscriptions: [] };
  await extension.activate(context);
  return context;
}

test("mistakes of an open schema arrive", async () => {
  editor.settings["lymph.server.path"] = server;
  editor.open("broken.lymph", "package a @ 1.0.0;\nstruct S { a: strng }\n");
  await activate();
  const [mistake] = await editor.diagnostics("broken.lymph");
  assert.match(mistake.message, /unknown type `strng`/);
  assert.deepEqual({ ...mistake.range.start }, { line: 1, character: 14 });
  assert.deepEqual(editor.messages, []);
  await extension.deactivate();
});

test("a server that is missing is told, with what installs it", async () => {
  editor.settings["lymph.server.path"] = "lymph-idl-of-nobody";
  editor.answers.push("Copy Install Command");
  await activate();
  assert.equal(editor.messages.length, 1);
  assert.match(editor.messages[0], /`lymph-idl-of-nobody` was not found. Install it with: cargo install /);
  assert.match(editor.clipboard.join(), /^cargo install .*lymph-cli$/);
});

test("a program that is no server is told", async () => {
  editor.settings["lymph.server.path"] = process.execPath;
  await activate();
  assert.match(editor.messages.join(), /lymph client: couldn't create connection to server/);
});

test("a restart finds what was installed meanwhile", async () => {
  editor.settings["lymph.server.path"] = "lymph-idl-of-nobody";
  await activate();
  editor.settings["lymph.server.path"] = server;
  editor.open("late.lymph", "package a @ 1.0.0;\nstruct S { a: strng }\n");
  await editor.commands["lymph.server.restart"]();
  assert.equal((await editor.diagnostics("late.lymph")).length, 1);
  await extension.deactivate();
});

test("every command of the manifest is there", async () => {
  editor.settings["lymph.server.path"] = "lymph-idl-of-nobody";
  await activate();
  const declared = manifest.contributes.commands.map(({ command }) => command);
  assert.deepEqual(Object.keys(editor.commands), declared);
});

test("every setting that is read is in the manifest", async () => {
  editor.settings["lymph.server.path"] = server;
  await activate();
  const declared = Object.keys(manifest.contributes.configuration.properties);
  const read = editor.read.filter((name) => name.startsWith("lymph."));
  assert.ok(read.includes("lymph.server.path") && read.includes("lymph.rename.keepWire"));
  for (const name of read) assert.ok(declared.includes(name), `${name} is not declared`);
  await extension.deactivate();
});

test("programs are found in PATH, or from the workspace's folder on", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "lymph-"));
  const file = path.join(folder, "lymph-idl");
  fs.writeFileSync(file, "", { mode: 0o755 });
  fs.writeFileSync(path.join(folder, "plain"), "", { mode: 0o644 });
  fs.mkdirSync(path.join(folder, "other"));
  const PATH = ["/nowhere", folder].join(path.delimiter);
  assert.equal(extension.find("lymph-idl", { PATH }, "/"), file);
  assert.equal(extension.find(file, {}, undefined), file);
  assert.equal(extension.find("./lymph-idl", { PATH: "" }, folder), file);
  assert.equal(extension.find("../lymph-idl", {}, path.join(folder, "other")), file);
  for (const name of ["plain", "other", "missing"]) assert.equal(extension.find(name, { PATH }, "/"), undefined);
  fs.rmSync(folder, { recursive: true });
});
