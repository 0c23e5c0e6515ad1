# What one does with this tree. Each target is a script in scripts/, so that it can be read and run by itself.
.DEFAULT_GOAL := help
.PHONY: help setup run package test test-deployed simulate bench-class labs clean

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

setup: ## Install what the project and its tests need
	@scripts/setup --test

run: ## Start the whole system on http://127.0.0.1:8080 (PORT=… changes it)
	@exec scripts/run

test: ## Set up and check everything CI checks (scripts/test --list: the steps, each by itself)
	@exec scripts/test

package: ## Build what is deployed into target/package (scripts/package --help says more)
	@exec scripts/package

test-deployed: ## Deploy what `make package` made into an AWS emulator, and play a class there
	@exec scripts/test-deployed $(ARGS)

simulate: ## Play seeded bad days against the real provisioning (SEEDS=… how many)
	@exec scripts/simulate --seeds $(or $(SEEDS),2000)

bench-class: ## A class of 500 presses Play, then all of it expires (ARGS="--help" says more)
	@exec scripts/bench-class $(ARGS)

labs: ## Try the sample labs: set up, solve, check
	@exec scripts/test-labs

clean: ## Remove the demo's state (.local/): classes, environments, keys
	rm -rf .local
