"""One command, verbs. Results go to stdout, progress and complaints to stderr.

Exit codes: 0 done, 1 the run failed or differs, 2 bad input, 130 interrupted and resumable.
"""

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from types import FrameType

from townsquare import __version__
from townsquare.cli.options import parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; the exit code says how it went."""
    arguments = parser().parse_args(argv)
    with suppress(ValueError):  # not the main thread: whoever called us handles signals
        signal.signal(signal.SIGTERM, _interrupt)
    try:
        return _dispatch(arguments)
    except BrokenPipeError:
        # the reader of our output has gone (`| head`): that is no failure of ours
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print(f"\ninterrupted.{_how_to_go_on(arguments)}", file=sys.stderr)
        return 130


def _dispatch(arguments: argparse.Namespace) -> int:
    from townsquare.protocols import lifeline
    from townsquare.protocols.errors import InputError, RunStopped, TownsquareError

    lifeline.watch()
    try:
        verb = getattr(import_module(f"townsquare.cli.{arguments.module}"), arguments.function)
        code: int = verb(arguments)
        return code
    except InputError as error:
        print(f"townsquare: {error}", file=sys.stderr)
        return 2
    except MemoryError as error:
        print(f"townsquare: there is not enough memory for this: {error}; make the town smaller.", file=sys.stderr)
        return 2
    except RunStopped as error:
        folder, said = getattr(arguments, "folder_in_use", None), str(error)
        if arguments.function == "persuaders":  # there is no run to resume
            said = said.partition("; every finished tick")[0].removesuffix(".") + "."
        told = said.replace("resume RUN", f"resume {folder}") if folder else said
        print(f"townsquare: {told}{_how_to_go_on(arguments) if told == said else ''}", file=sys.stderr)
        return error.code
    except TownsquareError as error:
        print(f"townsquare: {error}", file=sys.stderr)
        return 1


def _interrupt(signum: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _how_to_go_on(arguments: argparse.Namespace) -> str:
    folder = getattr(arguments, "folder_in_use", None)
    if folder is not None:
        return f" Every finished tick is kept: `townsquare resume {folder}` goes on."
    if arguments.function == "sweep":
        return " Finished runs are kept: the same command goes on."
    if arguments.function == "attacks" and arguments.out is not None:
        return " Finished logs are kept: the same command goes on."
    if arguments.function == "persuaders" and arguments.out is not None:
        return " Every answer is kept: the same command goes on."
    return ""


__all__ = ["__version__", "main"]
