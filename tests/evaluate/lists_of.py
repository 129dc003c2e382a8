"""The real AgentCF lists, where they are, and little ones."""

from pathlib import Path

from tests.datafiles import data_file
from townsquare.evaluate.list_files import read
from townsquare.evaluate.lists import Lists
from townsquare.testing.tag_shop import write_shop

KINDS = ("dense", "sparse")


def real(kind: str) -> Lists:
    folder = data_file("agentcf-cds/CDs.item").parent
    return read(folder / f"CDs-100-user-{kind}")[0]


def shop(folder: Path, **more: int) -> Lists:
    return read(write_shop(folder, **more))[0]
