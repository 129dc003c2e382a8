"""Brokers for the tests of the server."""

import pytest

from townsquare.protocols.transports.in_process import InProcess
from townsquare.testing.mosquitto import Mosquitto, program


@pytest.fixture(params=["in-process", "mosquitto"])
def broker(request, tmp_path):
    """What servers and agents connect to: both ways, one after the other."""
    if request.param == "in-process":
        yield InProcess()
        return
    if program() is None:
        pytest.skip("mosquitto is not installed")
    with Mosquitto(tmp_path / "mosquitto") as mosquitto:
        yield mosquitto.url
