// Reads a JSON array of texts from stdin and writes, for each, its tokens as `[start, end, scopes]`, in bytes of
// UTF-8. The arguments are the folder of the extension and the scope to begin with.
"use strict";

const fs = require("node:fs");
const path = require("node:path");
const oniguruma = require("vscode-oniguruma");
const textmate = require("vscode-textmate");

const [folder, scope] = process.argv.slice(2);

async function registry() {
  const wasm = require.resolve("vscode-oniguruma").replace(/main\.js$/, "onig.wasm");
  await oniguruma.loadWASM(fs.readFileSync(wasm));
  const { contributes } = JSON.parse(fs.readFileSync(path.join(folder, "package.json"), "utf8"));
  return new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (sources) => new oniguruma.OnigScanner(sources),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    async loadGrammar(name) {
      const grammar = contributes.grammars.find((grammar) => grammar.scopeName === name);
      if (grammar === undefined) throw new Error(`no grammar has the scope ${name}`);
      const file = path.join(folder, grammar.path);
      return textmate.parseRawGrammar(fs.readFileSync(file, "utf8"), file);
    },
  });
}

function tokenize(grammar, text) {
  const tokens = [];
  let state = textmate.INITIAL;
  let start = 0;
  for (const [, line, end] of text.matchAll(/([^\r\n]*)(\r\n|\n|\r|$)/g)) {
    const result = grammar.tokenizeLine(line, state);
    for (const token of result.tokens) {
      // The last one covers the line's end, which is no longer there.
      const range = [token.startIndex, Math.min(token.endIndex, line.length)];
      const [from, to] = range.map((index) => start + Buffer.byteLength(line.slice(0, index)));
      if (from < to) tokens.push([from, to, token.scopes.slice(1).join(" ")]);
    }
    state = result.ruleStack;
    start += Buffer.byteLength(line + end);
  }
  return tokens;
}

async function main() {
  const grammar = await (await registry()).loadGrammar(scope);
  const texts = JSON.parse(fs.readFileSync(0, "utf8"));
  process.stdout.write(JSON.stringify(texts.map((text) => tokenize(grammar, text))));
}

main();
