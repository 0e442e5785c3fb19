# `make` alone lists what there is. Everything is installed into .venv, from the hashes in requirements.lock.
SHELL := /bin/bash
PYTHON ?= python3
PORT ?= 4566
BIN := .venv/bin
READY := .venv/ready
TEMPLATES := template.yaml template-member.yaml
EVENTS := rollout-started step-shifted rollout-promoted rollout-rolled-back rollout-rejected rollout-handed-over rollback-failed

.DEFAULT_GOAL := help
.PHONY: help setup demo test sandbox lint format types unit integration statemachine e2e adopting faults load simulate replay bench-judge mutate lock schema picture clean

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

demo: $(READY)  ## see a healthy version promoted, a faulty and a slow one taken back, on this machine
	@$(BIN)/python -m sandbox demo

test: lint types $(READY)  ## run every check: lint, types, and all tests
	@$(BIN)/python -m pytest --quiet --numprocesses 2 --dist loadgroup --ignore tests/e2e
	@$(BIN)/python -m pytest tests/e2e

sandbox: $(READY)  ## serve a local AWS with the stack deployed, at http://127.0.0.1:4566 (PORT= for another)
	@$(BIN)/python -m sandbox serve --port $(PORT)

lint: $(READY)  ## check style, the template and the state machine
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --quiet --check
	@$(BIN)/cfn-lint $(TEMPLATES)
	@for template in $(TEMPLATES); do SAM_CLI_TELEMETRY=0 AWS_DEFAULT_REGION=us-east-1 \
		$(BIN)/sam validate --lint --template-file $$template > .venv/sam-validate.log 2>&1 \
		|| { cat .venv/sam-validate.log; exit 1; }; done

format: $(READY)  ## rewrite the code in its one style
	@$(BIN)/ruff check --quiet --fix
	@$(BIN)/ruff format --quiet

types: $(READY)  ## check types, strictly
	@$(BIN)/mypy --no-error-summary

unit: $(READY)  ## run the tests that need no AWS
	@$(BIN)/python -m pytest tests/unit

integration: $(READY)  ## run the tests of the AWS adapters and handlers
	@$(BIN)/python -m pytest tests/integration

statemachine: $(READY)  ## run the tests that walk the state machine
	@$(BIN)/python -m pytest tests/statemachine

e2e: $(READY)  ## run the suite that deploys into the sandbox
	@$(BIN)/python -m pytest tests/e2e

adopting: $(READY) tests/adopting/node_modules  ## deploy every example of docs/adopting.md, by npm's tools too (needs node 20)
	@$(BIN)/python -m pytest tests/adopting tests/e2e/test_adopting.py tests/e2e/test_pipelines.py -m "heavy or not heavy"

tests/adopting/node_modules: tests/adopting/package-lock.json
	@node --version > /dev/null || { echo "node 20 or newer and npm are needed, for the CDK and the Serverless Framework"; exit 1; }
	@cd tests/adopting && npm ci --silent --ignore-scripts --no-audit --no-fund
	@touch $@

faults: $(READY)  ## kill, throttle, stop and lie to every task, and check the promises [ONLY=STATE:FAULT] [WRITE=1]
	@$(BIN)/python -m stress.faults $(if $(ONLY),--only "$(ONLY)") $(if $(WRITE),--write)
	@$(if $(ONLY),,$(BIN)/python -m pytest tests/interleavings --numprocesses 2 --dist worksteal --examples 10000 --timeout 3600)

load: $(READY)  ## roll out 50 and then 200 functions at once, and check that all end whole [ROLLOUTS=N] [WRITE=1]
	@$(BIN)/python -m stress.load $(if $(ROLLOUTS),--rollouts $(ROLLOUTS)) $(if $(WRITE),--write)

simulate: $(READY)  ## play POLICY=path [CALLS= ERRORS= REGRESSION= SLOW= SLOWDOWN= BURSTS= ROLLOUTS=] against simulated traffic
	@PYTHONPATH=layers/rollout $(BIN)/python -m simulator simulate $(if $(POLICY),"$(POLICY)") \
		$(if $(CALLS),--calls $(CALLS)) $(if $(ERRORS),--errors $(ERRORS)) $(if $(REGRESSION),--regression $(REGRESSION)) \
		$(if $(SLOW),--slow $(SLOW)) $(if $(SLOWDOWN),--slowdown $(SLOWDOWN)) \
		$(if $(BURSTS),--bursts $(BURSTS)) $(if $(ROLLOUTS),--rollouts $(ROLLOUTS)) \
		$(if $(SEED),--seed $(SEED)) $(if $(PICTURE),--picture "$(PICTURE)")

replay: $(READY)  ## say what POLICY=path would have done over the minutes recorded in RECORDING=path
	@PYTHONPATH=layers/rollout $(BIN)/python -m simulator replay "$(RECORDING)" --policy "$(POLICY)"

bench-judge: $(READY)  ## compare the judge with the rules people use, and write the tables of docs/judging.md
	@PYTHONPATH=layers/rollout $(BIN)/python -m benchmarks.judge

mutate: $(READY)  ## change the deciding code bit by bit, and tell which changes no unit test notices
	@rm -rf .mutation && mkdir .mutation
	@cd .mutation && ln -s ../layers/rollout src && ln -s ../tests ../pyproject.toml .
	@cd .mutation && ../$(BIN)/python -m mutmut run
	@cd .mutation && ../$(BIN)/python -m mutmut results --all true | awk -F '[.:] *' '\
		{ of[$$2]++; all++; killed[$$2] += $$NF == "killed"; kills += $$NF == "killed" } \
		END { for (module in of) { share = 100 * killed[module] / of[module]; low += share < 90; \
			printf "  %-10s %3d of %3d, %5.1f %%\n", module, killed[module], of[module], share | "sort" } close("sort"); \
			printf "%d of %d mutants killed, %.1f %%, and each module needs 90 %%; ", kills, all, 100 * kills / all; \
			print "the others: cd .mutation && ../$(BIN)/mutmut results, and mutmut show NAME"; exit low > 0 }'

lock: $(READY)  ## resolve the dependencies anew
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --upgrade \
		--group dev pyproject.toml --output-file requirements.lock
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --upgrade \
		--no-emit-package botocore --no-emit-package python-dateutil --no-emit-package six --no-emit-package urllib3 \
		--constraint requirements.lock pyproject.toml --output-file layers/rollout/requirements.txt

picture: $(READY)  ## draw the state machine into the README anew
	@$(BIN)/python statemachine/draw.py

schema: $(READY)  ## write the JSON Schemas of policies and events anew
	@PYTHONPATH=layers/rollout $(BIN)/python -m rollout.schema > docs/policy.schema.json
	@for event in $(EVENTS); do \
		PYTHONPATH=layers/rollout $(BIN)/python -m rollout.schema $$event > docs/events/$$event.schema.json; done

clean:  ## remove everything make has made
	@rm -rf .venv .aws-sam .sandbox .mypy_cache .pytest_cache .ruff_cache .hypothesis .mutation tests/adopting/node_modules
