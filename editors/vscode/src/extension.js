// Starts `playc lsp` and connects the editor to it; everything else is in the server.

"use strict";

const vscode = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");
const { documentSelector, serverOptions } = require("./options");

let client;

async function start() {
  const settings = vscode.workspace.getConfiguration("playc");
  const selector = documentSelector(settings.get("enable"));
  if (selector.length === 0) {
    return;
  }
  const options = serverOptions(settings.get("path"));
  client = new LanguageClient("playc", "Play", options, {
    documentSelector: selector,
    initializationOptions: { blocks: settings.get("blocks") },
    synchronize: { configurationSection: "playc" },
  });
  try {
    await client.start();
  } catch (error) {
    client = undefined;
    const choice = await vscode.window.showErrorMessage(
      `playc did not start (${error.message}). Build it with "cargo build --release -p playc" and set playc.path to it.`,
      "Open settings",
    );
    if (choice) {
      await vscode.commands.executeCommand("workbench.action.openSettings", "playc.path");
    }
  }
}

async function stop() {
  const running = client;
  client = undefined;
  if (running) {
    await running.stop();
  }
}

async function restart() {
  await stop();
  await start();
}

async function activate(context) {
  context.subscriptions.push(
    vscode.commands.registerCommand("playc.restart", restart),
    vscode.workspace.onDidChangeConfiguration(async (change) => {
      if (change.affectsConfiguration("playc.enable") || change.affectsConfiguration("playc.path")) {
        await restart();
      }
    }),
  );
  await start();
}

module.exports = { activate, deactivate: stop };
