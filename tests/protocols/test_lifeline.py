"""A child ends when its lifeline does, and only then."""

import os
import signal
import subprocess
import sys

import pytest

from townsquare.protocols import lifeline

CHILD = """
import time
from townsquare.protocols import lifeline
lifeline.watch()
print("there", flush=True)
time.sleep({seconds})
"""


def child(seconds: float, stdin: int, **more: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", CHILD.format(seconds=seconds)]
    process = subprocess.Popen(command, stdin=stdin, stdout=subprocess.PIPE, text=True, env=os.environ | more)
    assert process.stdout is not None
    assert process.stdout.readline() == "there\n"
    return process


def test_a_child_ends_with_its_lifeline() -> None:
    with lifeline.held() as line:
        process = child(60, line, **{lifeline.VARIABLE: "1"})
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.3)
    assert process.wait(10) == -signal.SIGTERM
    process.communicate()


def test_a_process_without_one_does_not_look_at_its_input() -> None:
    process = child(0.3, subprocess.DEVNULL)
    assert process.wait(10) == 0
    process.communicate()
