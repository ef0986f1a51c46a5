// Of VS Code, what the extension and its client ask before and while a server runs. Whatever else they name is a
// class without members or a function that registers nothing, so that features may be offered to nobody.
"use strict";

const fs = require("node:fs");
const path = require("node:path");

const manifest = JSON.parse(fs.readFileSync(path.join(__dirname, "../package.json"), "utf8"));
const { properties } = manifest.contributes.configuration;

class Disposable {
  static from(...parts) {
    return new Disposable(() => parts.forEach((part) => part.dispose()));
  }
  constructor(dispose = () => {}) {
    this.dispose = dispose;
  }
}

class EventEmitter {
  listeners = new Set();
  event = (listener) => {
    this.listeners.add(listener);
    return new Disposable(() => this.listeners.delete(listener));
  };
  fire(value) {
    for (const listener of this.listeners) listener(value);
  }
  dispose() {
    this.listeners.clear();
  }
}

class Uri {
  static file(file) {
    return new Uri(file);
  }
  static parse(text) {
    return new Uri(decodeURIComponent(text.replace(/^file:\/\//, "")));
  }
  constructor(file) {
    Object.assign(this, { scheme: "file", authority: "", path: file, fsPath: file, query: "", fragment: "" });
  }
  toString() {
    return `file://${encodeURI(this.path)}`;
  }
}

class Position {
  constructor(line, character) {
    Object.assign(this, { line, character });
  }
}

class Range {
  constructor(...parts) {
    const [start, end] = parts.length === 2 ? parts : [parts.slice(0, 2), parts.slice(2)].map((at) => new Position(...at));
    Object.assign(this, { start, end });
  }
}

class CodeActionKind {
  static Empty = new CodeActionKind("");
  constructor(value) {
    this.value = value;
  }
  append(part) {
    return new CodeActionKind(this.value ? `${this.value}.${part}` : part);
  }
}

class Diagnostic {
  constructor(range, message, severity) {
    Object.assign(this, { range, message, severity });
  }
}

class CancellationTokenSource {
  token = { isCancellationRequested: false, onCancellationRequested: () => new Disposable() };
  cancel() {}
  dispose() {}
}

/** What a test sets and what it sees; `reset` begins anew. */
const editor = {
  reset() {
    editor.settings = {};
    editor.read = [];
    editor.answers = [];
    editor.messages = [];
    editor.clipboard = [];
    editor.commands = {};
    editor.documents = [];
    editor.published = new EventEmitter();
    editor.latest = new Map();
  },

  open(name, text) {
    editor.documents.push({
      uri: Uri.file(path.join("/nowhere", name)),
      languageId: "lymph",
      version: 1,
      isClosed: false,
      getText: () => text,
    });
  },

  /** What the server says of a document, once that is more than nothing. */
  diagnostics(name) {
    const file = path.join("/nowhere", name);
    return new Promise((resolve) => {
      const look = () => {
        const found = editor.latest.get(file) ?? [];
        if (found.length > 0) resolve(found);
      };
      editor.published.event(look);
      look();
    });
  },
};
editor.reset();

/** An object that has a member of every name, but is no promise. */
function generous(members) {
  const get = (target, name) => {
    if (!(name in target) && name !== "then") {
      const isClass = typeof name === "string" && /^[A-Z]/.test(name);
      target[name] = isClass ? class {} : () => new Disposable();
    }
    return target[name];
  };
  return new Proxy(members, { get });
}

function getConfiguration(section) {
  const full = (name) => (section ? `${section}.${name}` : name);
  return {
    get(name, otherwise) {
      editor.read.push(full(name));
      return editor.settings[full(name)] ?? properties[full(name)]?.default ?? otherwise;
    },
  };
}

editor.vscode = generous({
  version: manifest.engines.vscode.replace("^", ""),
  Disposable,
  EventEmitter,
  Uri,
  Position,
  Range,
  CodeActionKind,
  Diagnostic,
  CancellationTokenSource,

  commands: generous({
    registerCommand(name, run) {
      editor.commands[name] = run;
      return new Disposable();
    },
  }),

  env: { appName: "a test", language: "en", clipboard: { writeText: async (text) => editor.clipboard.push(text) } },

  languages: generous({
    match: (selector, document) => (selector.some(({ language }) => language === document.languageId) ? 10 : 0),
    createDiagnosticCollection: () =>
      generous({
        set(uri, diagnostics) {
          editor.latest.set(uri.fsPath, diagnostics ?? []);
          editor.published.fire();
        },
      }),
  }),

  window: generous({
    tabGroups: generous({ all: [] }),
    visibleTextEditors: [],
    activeTextEditor: undefined,
    createOutputChannel: () => generous({ logLevel: 0 }),
    async showErrorMessage(message) {
      editor.messages.push(message);
      return editor.answers.shift();
    },
  }),

  workspace: generous({
    get textDocuments() {
      return editor.documents;
    },
    notebookDocuments: [],
    workspaceFolders: undefined,
    getConfiguration,
  }),
});

module.exports = editor;
