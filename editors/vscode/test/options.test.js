"use strict";

const assert = require("node:assert");
const fs = require("node:fs");
const path = require("node:path");
const test = require("node:test");
const { documentSelector, serverOptions } = require("../src/options");

test("the setting says which documents are served", () => {
  assert.deepStrictEqual(documentSelector("off"), []);
  assert.deepStrictEqual(documentSelector("plays"), [{ language: "play" }]);
  assert.deepStrictEqual(documentSelector("yaml"), [{ language: "play" }, { language: "yaml" }]);
  assert.deepStrictEqual(documentSelector(undefined), [{ language: "play" }]);
});

test("the path of the server may be given", () => {
  assert.deepStrictEqual(serverOptions("/opt/playc"), { command: "/opt/playc", args: ["lsp"] });
  assert.deepStrictEqual(serverOptions(" "), { command: "playc", args: ["lsp"] });
});

test("every file that the manifest names is there", () => {
  const root = path.join(__dirname, "..");
  const manifest = JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8"));
  assert.ok(fs.existsSync(path.join(root, manifest.icon)));
  for (const language of manifest.contributes.languages) {
    assert.ok(fs.existsSync(path.join(root, language.configuration)));
  }
  for (const grammar of manifest.contributes.grammars) {
    JSON.parse(fs.readFileSync(path.join(root, grammar.path), "utf8"));
  }
});
