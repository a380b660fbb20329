-- Opens the Play of the command line in a headless Neovim with `playc lsp`, and prints what the editor got.

local function say(...)
  io.stdout:write(string.format(...) .. "\n")
end

local function finish(code)
  vim.cmd(code == 0 and "qa!" or "cq!")
end

local config = {
  name = "playc",
  cmd = { os.getenv("PLAYC"), "lsp" },
  root_dir = vim.fn.getcwd(),
}
-- `vim.lsp.start` is there from Neovim 0.8 on
local client_id
if vim.lsp.start then
  client_id = vim.lsp.start(config)
else
  client_id = vim.lsp.start_client(config)
  vim.lsp.buf_attach_client(0, client_id)
end

if not vim.wait(20000, function() return #vim.diagnostic.get(0) > 0 end, 50) then
  say("no diagnostics within 20 seconds")
  finish(1)
end

local lines = vim.api.nvim_buf_get_lines(0, 0, -1, false)
for _, problem in ipairs(vim.diagnostic.get(0)) do
  local code = problem.code or (problem.user_data and problem.user_data.lsp and problem.user_data.lsp.code)
  say("diagnostic: %s %s", code, vim.trim(lines[problem.lnum + 1]:sub(1, problem.col)))
end

-- The line and column (from 0) of a text.
local function find(text)
  for number, line in ipairs(lines) do
    local at = line:find(text, 1, true)
    if at then
      return number - 1, at - 1
    end
  end
end

local function ask(method, text, more)
  local line, character = find(text)
  local params = {
    textDocument = { uri = vim.uri_from_bufnr(0) },
    position = { line = line, character = character },
  }
  for key, value in pairs(more or {}) do
    params[key] = value
  end
  local answers = vim.lsp.buf_request_sync(0, method, params, 10000) or {}
  return answers[client_id] and answers[client_id].result
end

local hover = ask("textDocument/hover", "ema_9 crosses above")
say("hover: %s", hover and hover.contents.value:match("feature `%w+`") or "nothing")

local completion = ask("textDocument/completion", "rsi_14 < 70")
for _, item in ipairs(completion and completion.items or {}) do
  if item.label == "rsi_14" then
    say("completion: %s", item.label)
  end
end

local edit = ask("textDocument/rename", "ema_21: {", { newName = "gentle" })
local count = 0
if edit then
  vim.lsp.util.apply_workspace_edit(edit, "utf-16")
  for _, line in ipairs(vim.api.nvim_buf_get_lines(0, 0, -1, false)) do
    local _, found = line:gsub("gentle", "")
    count = count + found
  end
end
say("renamed: %d", count)
finish(0)
