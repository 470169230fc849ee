# Every target does its own set-up in a private virtual environment; nothing outside this folder is touched.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
LIANGHU := $(BIN)/lianghu
PEERS := .lianghu/peers
CLOUD := .lianghu/cloud
# Packages are made by the Python that Lambda runs them with (template.yaml says which), or else by the one at hand, and are not deployed then.
CLOUD_PYTHON ?= $(shell for each in python3.12 $(HOME)/.pyenv/versions/3.12.*/bin/python3.12 $(PYTHON); do $$each -c '' 2>/dev/null && echo $$each && break; done)
PACKER = $(if $(filter $(PYTHON),$(CLOUD_PYTHON)),$(VENV),.lianghu/packer)
CODE := engine datalake functions infra layers tests bench
# The web terminal is built by Node; without it everything else works. `make web` builds it only where it is older than what it is made of.
PAGES := web/out/index.html
PAGES_OF := $(shell find web/src web/public web/tools -type f 2>/dev/null) $(wildcard web/*.ts web/*.mjs web/package.json)
NODE_IS_NEW := node -e 'const [a, b] = process.versions.node.split("."); process.exit(+a > 20 || (+a === 20 && +b >= 19) ? 0 : 1)' 2>/dev/null && npm --version >/dev/null 2>&1
WEB := $(MAKE) --no-print-directory
WITHOUT_PAGES := API and HTML reports work without them

.PHONY: demo demo-packages demo-real up pages web test test-web check validate supply licences deploy deploy-pages soak bench bench-peers lock openapi settings-page clean help

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: $(READY) pages  ## the main job on the sample market: stack up, 36-combination grid through the API, ranked table, report
	$(LIANGHU) demo

demo-packages: build  ## the demo with every function run from its package, as the cloud runs it
	$(PACKER)/bin/lianghu demo --packages out/packages

REAL_DATA ?= $(or $(LIANGHU_REAL_DATA),../shared/data)
demo-real: $(READY)  ## the same on a folder of real bars (REAL_DATA=folder), with measurements
	LIANGHU_REAL_DATA=$(REAL_DATA) $(LIANGHU) demo-real

up: $(READY) pages  ## the whole platform on this machine, until Ctrl-C
	$(LIANGHU) up

web: $(PAGES)  ## the pages of the web terminal, into web/out, where they are not there or old; needs Node 20.19

$(PAGES): web/node_modules/.ready $(PAGES_OF)
	@echo "building the pages of the web terminal into web/out"
	@mkdir -p .lianghu
	@cd web && NEXT_TELEMETRY_DISABLED=1 npm run --silent build > ../.lianghu/web-build.log 2>&1 \
		|| { cat ../.lianghu/web-build.log; rm -rf out; exit 1; }
	@touch $@

web/node_modules/.ready: web/package-lock.json
	@$(NODE_IS_NEW) || { echo "the web terminal needs Node 20.19 or newer with npm"; exit 1; }
	@echo "installing the pinned packages of the web terminal into web/node_modules"
	@cd web && npm ci --no-audit --no-fund --no-update-notifier --loglevel=error && touch node_modules/.ready

pages:
	@if $(NODE_IS_NEW); then $(WEB) web || echo "the pages of the web terminal could not be built, the reason stands above; $(WITHOUT_PAGES)"; \
	elif [ ! -e $(PAGES) ]; then echo "the pages of the web terminal are not built, because there is no Node 20.19 or newer with npm; $(WITHOUT_PAGES)"; fi

build: $(PACKER)/.ready  ## the packages that template.yaml names, into out/packages, with their sizes
	@$(PACKER)/bin/python -m layers.build

test: $(READY)  ## every test, in two processes at once; PYTEST="tests/engine -k rules" runs only these
	$(if $(PYTEST),$(BIN)/pytest $(PYTEST),$(BIN)/python -m tests.halves)

test-web: $(READY)  ## the tests of the web terminal alone: its units, its built pages, and people's ways through it in a real browser
	$(BIN)/pytest tests/web_built tests/web

check: $(READY)  ## format, lint, types, import contracts
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	@if $(NODE_IS_NEW); then $(WEB) web/node_modules/.ready && cd web && npm run --silent check; \
	else echo "the web terminal is not checked, because there is no Node 20.19 or newer with npm"; fi

validate: $(READY) $(CLOUD)/.ready  ## what is wrong with template.yaml: own tests, sam validate, cfn-lint on it and on what SAM makes of it
	@$(BIN)/python -m infra.deploy.validate $(CLOUD)/bin

supply: build $(CLOUD)/.ready  ## bills of materials of each package into out/supply, known vulnerabilities, licences; UNKNOWN=passes
	@$(PACKER)/bin/python -m layers.supply $(CLOUD)/bin $(if $(filter passes,$(UNKNOWN)),--unknown-passes)

licences: $(READY)  ## renew docs/licences.md from what is shipped
	$(BIN)/python -m layers.licences > docs/licences.md.new && mv docs/licences.md.new docs/licences.md

STAGE ?= dev
deploy: $(READY) $(CLOUD)/.ready  ## the built packages into the cloud, STAGE=dev or prod; docs/deployment.md says what comes before
	@$(BIN)/python -m infra.deploy.deploy $(CLOUD)/bin/sam $(STAGE)

deploy-pages: $(READY)  ## the built pages (make web) into the bucket that the CDN of STAGE serves
	@$(BIN)/python -m infra.deploy.pages $(STAGE)

soak: $(READY)  ## the whole platform under random faults; MINUTES=20 SEED=1, a report as JSON
	@$(BIN)/python -m tests.soak --minutes $(or $(MINUTES),20) --seed $(or $(SEED),1)

bench: $(READY)  ## speed figures as JSON; WORKLOADS="W3 W7" runs only these
	@$(BIN)/python -m bench $(WORKLOADS)

bench-peers: $(READY) $(PEERS)/.ready  ## the same with vectorbt and raptorbt, side by side
	@$(BIN)/python -m bench.peers $(PEERS)/bin/python $(WORKLOADS)

lock: $(READY)  ## renew requirements.lock from pyproject.toml (needs uv)
	uv --system-certs pip compile pyproject.toml --all-extras --universal --python-version 3.11 \
		--generate-hashes --no-header --no-annotate -o requirements.lock

openapi: $(READY)  ## renew docs/openapi.json from the API's routes
	$(BIN)/python -m functions.openapi > docs/openapi.json.new && mv docs/openapi.json.new docs/openapi.json

settings-page: $(READY)  ## renew docs/settings.md from the settings and the template
	$(BIN)/python -m infra.settings_page > docs/settings.md.new && mv docs/settings.md.new docs/settings.md

clean:  ## forget the environment, caches and the local stack's data
	rm -rf $(VENV) .lianghu .mypy_cache .ruff_cache .pytest_cache .hypothesis out web/out web/.next web/node_modules

$(PEERS)/.ready: bench/peers.txt
	@$(PYTHON) -m venv $(PEERS)
	@echo "installing the tools to compare with into $(PEERS)"
	@$(PEERS)/bin/pip install --quiet --disable-pip-version-check --requirement bench/peers.txt
	@touch $@

$(CLOUD)/.ready: infra/deploy/tools.txt
	@$(PYTHON) -m venv $(CLOUD)
	@echo "installing the tools of deployments into $(CLOUD)"
	@$(CLOUD)/bin/pip install --quiet --disable-pip-version-check --requirement infra/deploy/tools.txt
	@touch $@

$(READY): INTERPRETER = $(PYTHON)
.lianghu/packer/.ready: INTERPRETER = $(CLOUD_PYTHON)
$(READY) .lianghu/packer/.ready: requirements.lock pyproject.toml
	@$(INTERPRETER) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, this is " + sys.version.split()[0] + "; set PYTHON=")'
	@test -x $(@D)/bin/python || $(INTERPRETER) -m venv $(@D)
	@echo "installing the pinned dependencies into $(@D) (about a minute the first time)"
	@$(@D)/bin/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	@$(@D)/bin/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
