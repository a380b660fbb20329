// What the settings mean; knows nothing of the editor, so that it can be tested without one.

"use strict";

/** The documents that the server is told of. */
function documentSelector(enable) {
  switch (enable) {
    case "off":
      return [];
    case "yaml":
      return [{ language: "play" }, { language: "yaml" }];
    default:
      return [{ language: "play" }];
  }
}

/** How the server is started. */
function serverOptions(path) {
  const command = path && path.trim() ? path.trim() : "playc";
  return { command, args: ["lsp"] };
}

module.exports = { documentSelector, serverOptions };
