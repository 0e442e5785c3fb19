# `make` lists the targets. Everything is installed into .venv, from the hashes in requirements.lock.
SHELL := /bin/bash
PYTHON ?= python3
PORT ?= 4566
BIN := .venv/bin
READY := .venv/ready
TEMPLATES := template.yaml template-member.yaml
EVENTS := rollout-started step-shifted approval-requested rollout-paused rollout-frozen rollout-promoted rollout-rolled-back rollout-rejected rollout-handed-over rollback-failed alias-moved command-taken release-promoted release-rolled-back release-failed release-overdue
ON_LAYER := PYTHONPATH=layers/rollout $(BIN)/python

# Without compiled modules, each process compiles again what it imports, and each cold start of a local Lambda does.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup demo sandbox test lint format types unit integration statemachine e2e adopting faults load mutate \
	verify-aws simulate replay report bench-auto bench-judge bench-import bench-dashboard bench-cost bench-scale \
	package doctor upgrade record-release lock docs diagram schema pictures \
	clean

help:  ## list these targets
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

setup: $(READY)  ## install everything the other targets need into .venv

$(READY): requirements.lock
	@echo "Setting up .venv (once, about a minute)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11 setup"; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "python3 -m venv failed; on Debian: apt-get install python3-venv"; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check "$$(grep -o '^uv==[0-9.]*' requirements.lock)"
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock
	@touch $@

demo: $(READY)  ## watch five versions promoted, rolled back, approved and stopped, in a local AWS [OPEN=1: then serve the dashboard]
	@$(BIN)/python -m sandbox demo $(if $(OPEN),--keep-open)

sandbox: $(READY)  ## serve a local AWS with the stack deployed, at http://127.0.0.1:4566 (PORT= for another)
	@$(BIN)/python -m sandbox serve --port $(PORT)

test: $(READY)  ## run what CI runs: lint, types, all test suites (not faults, load, mutate, adopting)
	@$(MAKE) --no-print-directory --jobs 4 --keep-going test-e2e test-suites lint types

# Some stories check that something happens within seconds, so the tests beside them are nice to them.
.PHONY: test-e2e test-suites
test-e2e:
	@output=$$($(BIN)/python -m pytest --quiet tests/e2e 2>&1); ended=$$?; printf '\ntests/e2e:\n%s\n' "$$output"; exit $$ended

test-suites:
	@nice $(BIN)/python -m pytest --quiet --numprocesses 3 --dist loadgroup --ignore tests/e2e  # one of three mostly waits

lint: $(READY)  ## check style, the templates and the state machine
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --quiet --check
	@$(BIN)/cfn-lint --regions us-east-1 -- $(TEMPLATES)

format: $(READY)  ## format the code and fix what the linter can
	@$(BIN)/ruff check --quiet --fix
	@$(BIN)/ruff format --quiet

types: $(READY)  ## check types
	@$(BIN)/mypy --no-error-summary

unit: $(READY)  ## run the tests without AWS
	@$(BIN)/python -m pytest tests/unit

integration: $(READY)  ## run the tests of adapters and handlers, with moto
	@$(BIN)/python -m pytest tests/integration

statemachine: $(READY)  ## run the tests of the state machine
	@$(BIN)/python -m pytest tests/statemachine

e2e: $(READY)  ## run the tests that deploy the stack into the sandbox
	@$(BIN)/python -m pytest tests/e2e

adopting: $(READY) tests/adopting/node_modules  ## deploy every example of docs/adopting.md; before a release (needs node 20)
	@$(BIN)/python -m pytest tests/adopting tests/installing/test_cdk.py tests/e2e/test_adopting.py tests/e2e/test_pipelines.py -m "heavy or not heavy"

tests/adopting/node_modules: tests/adopting/package-lock.json
	@node --version > /dev/null || { echo "node 20 or newer and npm are needed, for the CDK and the Serverless Framework"; exit 1; }
	@cd tests/adopting && npm ci --silent --ignore-scripts --no-audit --no-fund
	@touch $@

faults: $(READY)  ## check the promises under every fault in every state; before a release [ONLY=STATE:FAULT] [WRITE=1]
	@$(BIN)/python -m stress.faults $(if $(ONLY),--only "$(ONLY)") $(if $(WRITE),--write)
	@$(if $(ONLY),,$(BIN)/python -m stress.faults.release $(if $(WRITE),--write))
	@$(if $(ONLY),,$(BIN)/python -m pytest tests/interleavings --numprocesses 2 --dist worksteal --examples 10000 --timeout 3600)

load: $(READY)  ## roll out 50 and 200 functions at once, then 200 as one release; before a release [ROLLOUTS=N or RELEASE=N] [WRITE=1]
	@$(if $(RELEASE),,$(BIN)/python -m stress.load $(if $(ROLLOUTS),--rollouts $(ROLLOUTS)) $(if $(WRITE),--write))
	@$(if $(ROLLOUTS),,$(BIN)/python -m stress.load.release $(if $(RELEASE),--functions $(RELEASE)) $(if $(WRITE),--write))

verify-aws: $(READY)  ## deploy into your AWS account, roll versions out, and check docs/aws-behaviour.md [REGION=] [LOCAL=1: into a local AWS]
	@$(if $(LOCAL),$(BIN)/python -m sandbox exec) $(BIN)/python -m stress.verify_aws \
		$(if $(REGION),--region $(REGION)) $(if $(LOCAL),--yes --period 2 --lag 1 --calls 20 --output .sandbox/verify-aws.json)

mutate: $(READY)  ## run mutation tests on the deciding modules; before a release
	@rm -rf .mutation && mkdir .mutation
	@cd .mutation && ln -s ../layers/rollout src && ln -s ../tests ../pyproject.toml .
	@cd .mutation && ../$(BIN)/python -m mutmut run
	@cd .mutation && ../$(BIN)/python -m mutmut results --all true | awk -F '__mutmut_|: *' '\
		{ name = $$1; sub(/\.x[^.]*$$/, "", name); of[name]++; all++; killed[name] += $$NF == "killed"; kills += $$NF == "killed" } \
		END { for (module in of) { share = 100 * killed[module] / of[module]; low += share < 90; \
			printf "  %-40s %3d of %3d, %5.1f %%\n", module, killed[module], of[module], share | "sort" } close("sort"); \
			printf "%d of %d mutants killed, %.1f %%, and each module needs 90 %%; ", kills, all, 100 * kills / all; \
			print "for the others: cd .mutation && ../$(BIN)/mutmut results, and mutmut show NAME"; exit low > 0 }'

simulate: $(READY)  ## play POLICY=path [CALLS= ERRORS= REGRESSION= SLOW= SLOWDOWN= BURSTS=clumps:10 LEARN=recording ROLLOUTS=] against simulated traffic
	@$(ON_LAYER) -m simulator simulate $(if $(POLICY),"$(POLICY)") \
		$(if $(CALLS),--calls $(CALLS)) $(if $(ERRORS),--errors $(ERRORS)) $(if $(REGRESSION),--regression $(REGRESSION)) \
		$(if $(SLOW),--slow $(SLOW)) $(if $(SLOWDOWN),--slowdown $(SLOWDOWN)) \
		$(if $(BURSTS),--bursts $(BURSTS)) $(if $(LEARN),--learn "$(LEARN)") $(if $(ROLLOUTS),--rollouts $(ROLLOUTS)) \
		$(if $(SEED),--seed $(SEED)) $(if $(PICTURE),--picture "$(PICTURE)")

replay: $(READY)  ## play POLICY=path over the minutes recorded in RECORDING=path
	@$(ON_LAYER) -m simulator replay "$(RECORDING)" --policy "$(POLICY)"

report: $(READY)  ## write the report of an ended rollout [ROLLOUT=my-api:live VERSION= EXECUTION= FORMAT=markdown OUTPUT= STACK= REGION= PROFILE=]
	@$(ON_LAYER) -m report $(if $(ROLLOUT),"$(ROLLOUT)") $(if $(VERSION),--version "$(VERSION)") \
		$(if $(EXECUTION),--execution "$(EXECUTION)") $(if $(FORMAT),--format "$(FORMAT)") $(if $(OUTPUT),--output "$(OUTPUT)") \
		$(if $(STACK),--stack "$(STACK)") $(if $(REGION),--region "$(REGION)") $(if $(PROFILE),--profile "$(PROFILE)")

bench-judge: $(READY)  ## compare the judge with the rules people use, and write the tables of docs/judging.md
	@$(ON_LAYER) -m benchmarks.judge
	@$(ON_LAYER) -m benchmarks.judge.long
	@$(ON_LAYER) -m benchmarks.judge.shares
	@$(ON_LAYER) -m benchmarks.judge.calibration

bench-auto: $(READY)  ## simulate steps: Auto at four traffics, and write the tables of docs/low-traffic.md
	@$(ON_LAYER) -m benchmarks.auto

bench-import: $(READY)  ## measure the import of each handler, and write the table of docs/performance.md
	@$(BIN)/python -m benchmarks.imports

bench-cost: $(READY)  ## count what a rollout uses, beside the deployer of aws-samples, and write the tables of docs/cost.md
	@$(ON_LAYER) -m benchmarks.cost

bench-scale: $(READY)  ## compute and simulate 10,000 rollouts, and write the tables of docs/scale.md [LOAD=1: compared with loads of 50 to 500]
	@mkdir -p .sandbox
	@$(if $(LOAD),$(BIN)/python -m stress.load --rollouts 50 --rollouts 200 --rollouts 500 --no-limit --json > .sandbox/loads.json)
	@$(ON_LAYER) -m benchmarks.scale $(if $(LOAD),--load .sandbox/loads.json)

bench-dashboard: $(READY)  ## measure the dashboard with 200 live rollouts, and write the table of docs/dashboard.md
	@$(BIN)/python -m sandbox exec env PYTHONPATH=layers/rollout $(BIN)/python -m benchmarks.dashboard

package: $(READY)  ## write the packaged template and the artifacts of this release into dist/ [BUCKET= uploads them for a stack]
	@$(ON_LAYER) -m installing.package $(if $(BUCKET),--bucket "$(BUCKET)")

upgrade: $(READY)  ## deploy the packaged stack locally, update it and return in the middle of rollouts, and remove it; before a release
	@$(BIN)/python -m pytest tests/installing tests/releases -m "heavy or not heavy"

record-release: $(READY)  ## record what a deployment may meet of this version, for tests/releases; when a model changes, and before a release
	@$(ON_LAYER) -m tests.releases.record

doctor: $(READY)  ## check a deployed stack: trail, events, alarms, quotas, each with its fix [STACK= REGION= PROFILE= JSON=1]
	@$(ON_LAYER) -m installing.doctor $(if $(STACK),--stack "$(STACK)") $(if $(REGION),--region "$(REGION)") \
		$(if $(PROFILE),--profile "$(PROFILE)") $(if $(JSON),--json)

lock: $(READY)  ## upgrade the dependencies and lock them
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --upgrade \
		--group dev pyproject.toml --output-file requirements.lock
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --upgrade \
		--no-emit-package botocore --no-emit-package python-dateutil --no-emit-package six --no-emit-package urllib3 \
		--constraint requirements.lock pyproject.toml --output-file layers/rollout/requirements.txt

docs: diagram schema  ## write every output that docs/ and the README show
	@$(ON_LAYER) -m tests.adopting.documents
	@$(ON_LAYER) -m tests.repository.doc_samples
	@$(ON_LAYER) -m simulator.docs_page

diagram: $(READY)  ## draw the state machine into the README
	@$(BIN)/python statemachine/draw.py

pictures: $(READY)  ## run the demo, draw the README's two pictures, and take screenshots of the dashboard (needs Chromium)
	@mkdir -p .sandbox
	@$(BIN)/python -m sandbox demo --record .sandbox/demo.json --screenshot docs/images/live-view.svg \
		--dashboard-pictures docs/images
	@$(BIN)/python -m sandbox.pictures .sandbox/demo.json docs/images/rollout.png

schema: $(READY)  ## write the JSON Schemas of policies and events
	@$(ON_LAYER) -m rollout.schema > docs/policy.schema.json
	@for event in $(EVENTS); do $(ON_LAYER) -m rollout.schema $$event > docs/events/$$event.schema.json; done

clean:  ## remove everything make has made
	@rm -rf .venv .aws-sam .sandbox dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .mutation tests/adopting/node_modules
