# Every command that people and CI use. `make help` lists them.
SHELL := /bin/bash
PLAY_VENV ?= $(CURDIR)/.venv
export PLAY_VENV
export PLAY_PYTHON ?= $(PLAY_VENV)/bin/python
TARGET := $(if $(CARGO_TARGET_DIR),$(CARGO_TARGET_DIR),target)
PLAYC := $(TARGET)/release/playc
PLAYVM := $(TARGET)/release/playvm
DEMO := plays/ema_trend.yml

.PHONY: help demo test bench fuzz docs book soak build vscode

help: ## this list
	@grep -E '^[a-z]+:.*##' Makefile | sed 's/:.*##/\t/' | expand -t 10

build: ## release binaries playc and playvm
	@scripts/setup build
	cargo build --release -p playc -p playvm

demo: build ## check and run an example Play on sample bars, print the report, write out/demo/report.html
	$(PLAYC) check $(DEMO)
	$(PLAYVM) run $(DEMO) --mode backtest --out out/demo
	@echo "the same as a page: out/demo/report.html"

test: ## install what is missing, then format, clippy, tidy, all tests, docs, corpus
	@scripts/setup test
	scripts/test

docs: ## API documentation, and the generated parts of docs/
	cargo doc --workspace --no-deps --quiet
	cargo xtask docs

book: ## docs/ as pages in target/book, by mdBook
	@command -v mdbook >/dev/null || cargo install mdbook --locked
	mdbook build

bench: ## figures for docs/performance.md, beside peers and the machine's limit
	@scripts/setup bench
	scripts/bench

vscode: ## package the VS Code extension as editors/vscode/play-language.vsix (needs npm)
	scripts/vscode

fuzz: ## fuzz the YAML, expression, bytecode and CSV readers, FUZZ_SECONDS (default 300) each
	scripts/fuzz

soak: ## all tests in their long form: 50 times the random cases, the whole corpus, two years of minutes
	PLAY_SLOW=1 PROPTEST_CASES=12800 cargo test --workspace --release
