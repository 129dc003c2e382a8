"""What a scripted panel says: it reads the blocks of the prompt, and goes by words. No language model."""

import json
import re
from typing import Any


def block(prompt: str, kind: str) -> list[Any]:
    """The lines of a block, decoded."""
    found = re.search(rf"<{kind}-(\w+)>\n(.*?)\n</{kind}-\1>", prompt, re.DOTALL)
    return [json.loads(line) for line in found[2].split("\n")] if found else []


def step(body: dict[str, Any]) -> str:
    """Which step is asked for."""
    system = body["messages"][0]["content"]
    begins = {"You note": "perceive", "You say how": "relate", "You decide": "judge", "An item": "dispute"}
    return next(name for start, name in begins.items() if system.startswith(start))


def answer(body: dict[str, Any]) -> str:
    """Sentences are facts; one with "bad" supports every facet, one with "sorry" contradicts all; whoever disputes
    gives in unless some fact says "joke".
    """
    prompt = body["messages"][1]["content"]
    match step(body):
        case "perceive":
            sentences = [s for text in block(prompt, "text") for s in re.findall(r"[^.!?]+[.!?]?", text) if s.strip()]
            facts = [{"modality": "text", "quote": s.strip(), "statement": s.strip()} for s in sentences]
            facts += [{"modality": "image", "quote": f"{n}", "statement": s} for n, s in block(prompt, "images")]
            return json.dumps({"facts": facts})
        case "relate":
            told = [("supports" if "bad" in s else "contradicts", n) for n, s in block(prompt, "facts")]
            told = [
                (r, n)
                for (r, n), (_, s) in zip(told, block(prompt, "facts"), strict=True)
                if "bad" in s or "sorry" in s
            ]
            facets = [m for m, _ in block(prompt, "facets")]
            rows = [{"fact": n, "facet": m, "relation": r} for r, n in told for m in facets]
            return json.dumps({"relations": rows})
        case "judge":
            cited = sorted({int(line.split()[1]) for line in block(prompt, "relations") if "supports" in line})
            return json.dumps({"hide": bool(cited), "facts": cited, "why": "because of what is cited"})
        case _:
            against = [n for n, s in block(prompt, "facts") if "joke" in s]
            return json.dumps({"hide": not against, "facts": against, "why": "a joke" if against else "it holds"})
