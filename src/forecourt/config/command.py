"""The `forecourt` command. Each subcommand is a module in `config.commands` with `HELP`, `add_arguments(parser)` and `run(options)`.

A subcommand finds the database running and Django set up, unless it says `NEEDS = "django"` or `NEEDS = "nothing"`, or answers
`needs(options)` with one of the three. Only the module that was asked for is imported, so the supervisor's own process stays small.
"""

import argparse
import ast
import importlib
import os
import pkgutil
import sys
from contextlib import ExitStack
from pathlib import Path
from types import ModuleType

from forecourt.config import commands
from forecourt.config.environment import EnvironmentProblem, environment


def main(arguments: list[str] | None = None) -> int:
    """Run one subcommand; the answer is the exit status."""
    given = sys.argv[1:] if arguments is None else arguments
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "forecourt.config.settings")
    known = subcommands()
    if not given or given[0] not in known:
        return _explain(known, given)
    module = importlib.import_module(known[given[0]])
    parser = argparse.ArgumentParser(prog=f"forecourt {given[0]}", description=module.__doc__, formatter_class=_Paragraphs)
    module.add_arguments(parser)
    options = parser.parse_args(given[1:])
    return _run(module, options)


def subcommands() -> dict[str, str]:
    """Names as typed, and their modules. A trailing underscore frees a name from being a Python word: `import_.py`."""
    names = sorted(found.name for found in pkgutil.iter_modules(commands.__path__) if not found.name.startswith("_"))
    return {name.rstrip("_").replace("_", "-"): f"{commands.__name__}.{name}" for name in names}


def _run(module: ModuleType, options: argparse.Namespace) -> int:
    from forecourt.config.postgres import PostgresProblem, running

    needs = module.needs(options) if hasattr(module, "needs") else getattr(module, "NEEDS", "database")
    try:
        with ExitStack() as stack:
            if needs == "database" and environment().runs_database:
                stack.enter_context(running(environment().data))
            if needs != "nothing":
                import django

                django.setup()
            answer: int = module.run(options)
            return answer
    except (EnvironmentProblem, PostgresProblem) as problem:
        print(problem, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _explain(known: dict[str, str], given: list[str]) -> int:
    asked = not given or given[0] in {"-h", "--help", "help"}
    out = sys.stdout if asked else sys.stderr
    if not asked:
        print(f"forecourt knows no {given[0]!r}.\n", file=out)
    print("usage: forecourt COMMAND [options]\n", file=out)
    for name, module in known.items():
        print(f"  {name:<10} {_help_of(module)}", file=out)
    return 0 if asked else 2


def _help_of(module: str) -> str:
    """The module's HELP, read without importing it."""
    path = Path(next(iter(commands.__path__))) / f"{module.rpartition('.')[2]}.py"
    for statement in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(statement, ast.Assign) and any(isinstance(target, ast.Name) and target.id == "HELP" for target in statement.targets):
            return str(ast.literal_eval(statement.value))
    return ""


class _Paragraphs(argparse.RawDescriptionHelpFormatter):
    """Keeps a docstring's lines as they were written."""


if __name__ == "__main__":
    sys.exit(main())
