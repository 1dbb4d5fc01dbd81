# SPDX-License-Identifier: EUPL-1.2
# Each target works alone on a fresh machine: it builds .venv from the lock first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
TOUR ?= build/tour
export QT_QPA_PLATFORM ?= $(if $(DISPLAY)$(WAYLAND_DISPLAY),,offscreen)

.PHONY: run test lint tour build bench peers fuzz forms lock clean

run: $(STAMP)  ## the window where there is a display, else the tour
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ] || [ "$$(uname)" != Linux ]; then $(BIN)/fieldkit; \
	else $(BIN)/fieldkit tour --out $(TOUR); fi

test: $(STAMP) lint  ## lint, types, import contracts, then the tests
	@bash tools/keyring
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -n 2 --dist worksteal -q

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

tour: $(STAMP)
	$(BIN)/fieldkit tour --out $(TOUR)

build: $(STAMP)  ## the frozen programs in dist/, then their own check
	bash tools/build

bench: $(STAMP)
	bash bench/run

peers: $(STAMP)  ## other engines (java, node and the network are needed) into build/peers; then all must answer alike
	bash bench/peers/install
	$(BIN)/python -m pytest bench/peers/differential -q -n 0

FUZZ_SECONDS ?= 3600
fuzz: $(STAMP)  ## the engine under atheris (Linux), FUZZ_SECONDS shared by the targets; findings in build/fuzz
	$(BIN)/python -c "import atheris" 2>/dev/null || $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation -e ".[fuzz]"
	$(BIN)/python -m bench.fuzz $(FUZZ_SECONDS)

forms: $(STAMP)  ## compiles the XLSForms of resources/forms to XForm XML
	$(BIN)/python tools/compile_forms.py

lock:  ## after a change of the dependencies in pyproject.toml
	bash tools/lock

clean:
	rm -rf $(VENV) build dist

$(STAMP): requirements.lock pyproject.toml
	bash tools/setup $(PYTHON) $(VENV)
	@touch $(STAMP)
