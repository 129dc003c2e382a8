"""Memories from one store into another."""

from townsquare.protocols.memory import MemoryStore


def copy(source: MemoryStore, target: MemoryStore) -> int:
    """Append everything that ``source`` holds to ``target``, in the order it was written; how many entries.

    One transaction: when the target refuses an entry (WordLimit where its limits are lower, InputError where its
    vectors are of another length) it stays as it was. Into an empty store of at least as many episodes the memory
    arrives unchanged, vectors included; serial numbers count from 0 again. ``target.load(source.state())`` keeps them.
    """
    return len(target.write(list(source.entries())))
