# Every target does the set-up that it needs, and nothing twice. The work is in scripts/; `. scripts/env.sh` gives a shell
# the same environment, for calling cargo by hand.
SHELL := /usr/bin/env bash
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.PHONY: help run build dev test lint fmt bench chaos setup clean
# ADDR, DATA_DIR and DATABASE_URL, given on the command line, reach the server through its environment: make passes them on.

help: ## this list
	@echo 'make run                          start it with its demo project; it prints the address'
	@echo 'make run ADDR=127.0.0.1:3000 DATA_DIR=data DATABASE_URL=postgres://…   … elsewhere, or on PostgreSQL'
	@echo
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | while IFS=$$'\t' read -r name what; do printf 'make %-8s %s\n' "$$name" "$$what"; done

run: ## set up, build the release and start it
	@exec scripts/run.sh

build: ## set up and build the release, for deploying
	@scripts/setup.sh build && . scripts/env.sh && scripts/build.sh $(if $(filter postgres%,$(DATABASE_URL)),postgres,sqlite && scripts/sizes.sh)

dev: ## as run, rebuilt at each change of a file
	@exec scripts/run.sh dev

test: ## everything: format, lints, tests on SQLite and PostgreSQL, browser tests
	@exec scripts/check-all.sh

lint: ## format and lints alone
	@exec scripts/check-all.sh lint

fmt: ## format the code
	@scripts/setup.sh lint && . scripts/env.sh && cargo fmt --all

bench: ## build the release and measure it; BENCH_BASE=DIR measures that release (review-messages, hash.txt, site/) beside it
	@scripts/setup.sh bench && . scripts/env.sh && scripts/build.sh && exec scripts/bench.sh

chaos: ## kill, suspend, lock, fill and refuse while it sends, and write benches/CHAOS.md; CASES=T1,T11 and SCALE=0.1 do less
	@scripts/setup.sh test && . scripts/env.sh && exec scripts/chaos.sh

setup: ## install all that the other targets need
	@exec scripts/setup.sh test

clean: ## remove what was built; tools and data stay
	@exec scripts/clean.sh
