# The front door. Every target sets up what it needs; `make help` lists them.

PYTHON ?= python3
PY := .venv/bin/python
# There only if that environment was made with Lambda's version.
LAMBDA_PY := .venv-local-aws/bin/python3.13
# Made last by setup.py, so that it stands for both environments.
READY := .venv-local-aws/.ready
ENV ?=
PACKAGES ?=

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules

.PHONY: help
help: ## List the targets
	@awk 'BEGIN { FS = ":.*## " } /^[a-z0-9-]+:.*## / { printf "  %-15s  %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# --- set up ---------------------------------------------------------------------------------------

.PHONY: setup
setup: ## Make the Python environments (.venv and .venv-local-aws) from their locks

$(READY): requirements/uv.txt requirements/tools.txt requirements/local-aws.txt tools/setup.py

# Asked for by name it looks again, since an interpreter may have come.
setup $(READY):
	@$(PYTHON) tools/setup.py
	@touch $(READY)

.PHONY: browser
browser: $(READY) ## Find a Chromium for the tests of the website, or install Debian's (as root)
	@$(PY) -m tools.browser

.PHONY: lock
lock: $(READY) ## Renew the locks of the environments (needs the package index)
	@$(PY) tools/setup.py lock

# --- build and check ------------------------------------------------------------------------------

.PHONY: package
package: $(READY) ## Build dist/<function>.zip of every function that changed (ARCH=arm64|x86_64)
	@$(PY) -m tools.packager --edge edge_signer \
	    $(if $(wildcard $(LAMBDA_PY)),--interpreter .venv-local-aws/bin/python) \
	    $(if $(ARCH),--arch $(ARCH))

.PHONY: verify-packages
verify-packages: $(READY) ## Check dist/*.zip by their hashes in dist/manifest.json (PACKAGES=its own hash)
	@$(PY) -m tools.packager.verify $(PACKAGES)

.PHONY: fmt
fmt: $(READY) ## Format Terraform and Python, fill the tables of module READMEs and docs/scale.md
	@$(PY) -m tools.terraform fmt
	@$(PY) -m ruff check --quiet --fix-only . && $(PY) -m ruff format --quiet .
	@$(PY) -m tools.module_docs
	@$(PY) -m tools.scale

.PHONY: lint
lint: $(READY) ## Check Terraform and Python (DIR=path [PLAN=plan.json]: Terraform that is not ours)
ifdef DIR
	@$(PY) -m tools.lint "$(DIR)" $(if $(PLAN),--plan "$(PLAN)") --format $(or $(FORMAT),text)
else
	@$(PY) -m tools.lint
	@$(PY) -m pytest -q tests/lint
endif

.PHONY: mutate
mutate: package ## Show that lint finds mistakes put into our own modules and plans (about 2 minutes)
	@$(PY) -m tests.lint.mutate

.PHONY: audit
audit: $(READY) ## Ask for known vulnerabilities of all that a lock names (exit 2: could not check)
	@$(PY) -m tools.audit

.PHONY: docs
docs: ## Make the site of the documentation, dist/site (REPOSITORY=: where links to sources lead)
	@$(PYTHON) tools/setup.py docs
	@REPOSITORY="$(REPOSITORY)" .venv-docs/bin/python -m tools.docs_site

.PHONY: test
test: browser lint unit plan-tests e2e ## Run all tests: lint, unit, plan-tests, e2e
	@$(PY) -m tools.verdict

.PHONY: unit plan-tests e2e
unit: $(READY) ## Test functions and tools without AWS
	@$(PY) -m pytest -q -n 2 tests/unit

plan-tests: package ## Plan every environment, README example and refusal
	@$(PY) -m pytest -q -n 2 tests/plan

e2e: package browser ## Apply to a local AWS of its own and call what was applied
	@$(PY) -m pytest -q tests/e2e

# --- measure --------------------------------------------------------------------------------------

.PHONY: bench
bench: package ## Measure ours and peers in one run (ONLY=name,name ROUNDS=n CHECK=1 PUBLISH=1)
	@$(PY) tools/setup.py bench
	@$(PY) -m tests.bench $(if $(ONLY),--only "$(ONLY)") $(if $(ROUNDS),--rounds $(ROUNDS)) \
	    $(if $(CHECK),--check) $(if $(PUBLISH),--publish)

# --- the local AWS --------------------------------------------------------------------------------

.PHONY: demo
demo: $(READY) ## Show everything working on a local AWS (stays up; make down ends it)
	@$(PY) -m tools.demo

.PHONY: up
up: $(READY) ## Start the local AWS, or say where it runs
	@$(PY) -m tools.local_aws up

.PHONY: down
down: $(READY) ## Stop the local AWS and the edge, and remove their data
	@$(PY) -m tools.local_aws down

.PHONY: env
env: $(READY) ## Print the variables that point AWS clients to the local AWS
	@$(PY) -m tools.local_aws env

.PHONY: edge
edge: $(READY) ## Serve the distributions of the local AWS on this machine (Ctrl-C ends it; PORT=)
	@$(PY) -m tools.local_edge $(if $(PORT),--port $(PORT))

# --- environments ---------------------------------------------------------------------------------

# With PACKAGES, the hash of dist/manifest.json, zips that were packaged before are taken as they are.
ZIPS := $(if $(PACKAGES),verify-packages,package)

.PHONY: plan apply drift destroy
plan: $(ZIPS) ## Show what would change in ENV=local|dev|prod, and save it (AWS=local: on the local AWS)
	@$(PY) -m tools.terraform plan $(ENV)

apply: $(ZIPS) ## Apply the saved plan of ENV=local|dev|prod (AWS=local; APPROVE=yes: plan and apply)
	@$(PY) -m tools.terraform apply $(ENV)

drift: $(ZIPS) ## Tell what has changed in ENV=local|dev|prod but not by Terraform (AWS=local)
	@$(PY) -m tools.terraform drift $(ENV)

destroy: $(READY) ## Destroy ENV=local|dev|prod (AWS=local; APPROVE=yes: without asking)
	@$(PY) -m tools.terraform destroy $(ENV)

# --- first steps ----------------------------------------------------------------------------------

.PHONY: new-function new-env call image
new-function: $(READY) ## Write a function with wiring, event and test (NAME=order_totals TRIGGER=queue)
	@$(PY) -m tools.scaffold new-function "$(NAME)" "$(TRIGGER)"

new-env: $(READY) ## Write an environment (NAME=staging; FROM=dev: whose values it begins with)
	@$(PY) -m tools.scaffold new-env "$(NAME)" "$(or $(FROM),dev)"

call: $(READY) ## Send a function of an applied environment its test's event (NAME=, ENV=local)
	@$(PY) -m tools.scaffold call "$(NAME)" "$(or $(ENV),local)"

image: package ## Build a function's container image from its zip (FUNCTION=orders_report)
	@$(PY) -m tools.scaffold image "$(FUNCTION)"

# --- operations -----------------------------------------------------------------------------------

.PHONY: status logs
status: $(READY) ## Show ENV= on one screen: who serves, what fails, waits, ran (AWS=local)
	@$(PY) -m tools.operations.status "$(ENV)"

logs: $(READY) ## Show the log of ENV= or FUNCTION= (SINCE=10m, FOLLOW=1, ID= of a correlation)
	@$(PY) -m tools.operations.logs --env "$(ENV)" --function "$(FUNCTION)" --id "$(ID)" \
		--since "$(or $(SINCE),10m)" $(if $(FOLLOW),--follow)

.PHONY: promote rollback
promote: $(READY) ## Give the canary of FUNCTION= in ENV= all requests (AWS=local: on the local AWS)
	@$(PY) -m tools.operations.rollout promote "$(ENV)" "$(FUNCTION)"

rollback: $(READY) ## Bring back the version before of FUNCTION= in ENV=, or VERSION= (AWS=local)
	@$(PY) -m tools.operations.rollout rollback "$(ENV)" "$(FUNCTION)" "$(VERSION)"

.PHONY: redrive
redrive: $(READY) ## Bring back what is in the dead-letter queue of QUEUE= (AWS=local: on the local AWS)
	@$(PY) -m tools.operations.redrive $(QUEUE)

SIMULATE := PATTERN RATE SECONDS DURATION PROFILE SEED COLD LIMIT PROVISIONED THROTTLE BURST BATCH \
            WINDOW MAX_CONCURRENCY SHARDS PARALLEL STATES OUT

.PHONY: simulate
simulate: ## Show what RATE= a second do to PATTERN=api|queue|stream|workflow (docs/scale.md; OUT=a.png)
	@$(PYTHON) tools/setup.py simulation
	@.venv-simulation/bin/python -m tools.simulation $(foreach name,$(SIMULATE),$(if $($(name)),"$(name)=$($(name))"))

# --- the rest -------------------------------------------------------------------------------------

.PHONY: clean
clean: ## Stop the local AWS and remove all that make has made
	@if [ -x $(PY) ]; then $(PY) -m tools.local_aws down; fi
	@rm -rf dist .cache .venv .venv-* .mypy_cache .pytest_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
