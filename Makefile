# One command for each thing a newcomer, a retailer or a developer does. `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
export BAOKUAN_HOME ?= $(CURDIR)/data
# A home made by `make demo` or `make demo-real` brings its own clock and settings folder.
-include $(BAOKUAN_HOME)/home.mk
export BAOKUAN_NOW BAOKUAN_CONFIG BAOKUAN_CONTRACTS
PY := .venv/bin/python
BAOKUAN := .venv/bin/baokuan

.PHONY: help demo demo-real test serve init nightly intraday catalogue check docs bench rollback sql clean lock \
	env env-pipeline env-superset browser

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | \
		while IFS=$$'\t' read -r name text; do printf '  make %-11s %s\n' "$$name" "$$text"; done

demo: env ## set everything up, build the demo retailer, publish, load Superset, print the hit board
	@$(PY) scripts/demo.py

demo-real: env-pipeline ## the same job on real data: the Complete Journey groceries (home: ./data/real)
	@$(PY) scripts/demo_real.py

test: env browser ## set everything up and run all tests, at the end those that need a browser
	@failed=0; \
	$(PY) -m pytest -n 2 --dist loadfile --no-loadscope-reorder --ignore=tests/browser || failed=1; \
	$(PY) -m pytest tests/browser || failed=1; \
	exit $$failed

serve: env ## start Dagster and Superset; Ctrl-C stops both
	@$(PY) scripts/serve.py

init: env ## prepare an empty home and settings folder for your own retailer
	@$(PY) scripts/init_home.py

nightly: env-pipeline ## take in what lies in landing/, build, check, publish
	@$(BAOKUAN) nightly

intraday: env-pipeline ## the same for the running day
	@$(BAOKUAN) intraday

catalogue: env-pipeline ## render what repeats the catalogue (dbt_project/seeds/catalogue/*.csv)
	@$(BAOKUAN) catalogue render

check: env ## static checks, under a minute: format, lint, types, SQL as dbt compiles it, contracts, catalogue, dashboards, layers
	@$(PY) scripts/check.py

docs: env-pipeline ## the documentation as a site: site/index.html, needs no network
	@NO_MKDOCS_2_WARNING=1 .venv/bin/mkdocs build --strict --quiet && echo "$(CURDIR)/site/index.html"

bench: env-pipeline ## measure ingest, nightly and dashboard queries as ratios (SIZE=1.0)
	@$(PY) -m bench --size $(or $(SIZE),1.0)

rollback: env-pipeline ## serve the version before the current one
	@$(BAOKUAN) rollback

sql: env-pipeline ## read-only SQL on the published version: make sql Q="select * from hits.board limit 5"
	@$(BAOKUAN) sql "$$Q"
sql: export Q := $(value Q)

lock: ## resolve locks/*.in anew
	@python=$$(bash scripts/find_python.sh) && "$$python" scripts/bootstrap.py lock

clean: ## remove the runtime data below the home folder (asks first)
	@bash scripts/clean.sh

env:
	@python=$$(bash scripts/find_python.sh) && "$$python" scripts/bootstrap.py pipeline superset

env-pipeline:
	@python=$$(bash scripts/find_python.sh) && "$$python" scripts/bootstrap.py pipeline

env-superset:
	@python=$$(bash scripts/find_python.sh) && "$$python" scripts/bootstrap.py superset

browser:
	-@bash scripts/install_browser.sh
