"""A shop under attack, and with a defence, offline: python examples/shilling/shilling.py [DETECTOR]"""

import sys
import tempfile
from pathlib import Path

import townsquare as ts

SHOP = {"customers.count": 300, "ticks": 20, "recommender.factors": 16, "watch": ["pca", "group"]}
ARMS = {"honest": {"shills.count": 0}, "attacked": {}, "defended": {"defence.name": "filter"}}


def main(folder: Path, detector: str) -> None:
    print("No language model is asked: customers and shills follow scripted rules (behavioural).")
    runs = {}
    for name, settings in ARMS.items():
        own = {"defence.detector.name": detector} if name == "defended" else {}
        runs[name] = ts.run("shilling", set=SHOP | settings | own, out=folder / name)
    print(f"\nShare of visitors who were shown the target, and the mean rating beside it (defence: {detector})")
    print("tick " + "".join(f"{name:>20}" for name in runs))
    tables = {name: run.measures().pivot(index="tick", columns="measure", values="value") for name, run in runs.items()}
    for tick in range(4, 20, 3):
        cells = (f"{t.target_exposure[tick]:.2f}   {t.target_rating[tick]:.2f}" for t in tables.values())
        print(f"{tick:4} " + "".join(f"{cell:>20}" for cell in cells))

    print("\nAgainst the honest shop, customer by customer or tick by tick, 95 % intervals:")
    for name in ("attacked", "defended"):
        for row in ts.compare(runs["honest"], runs[name]).rows():
            if row["measure"] in ("target_exposure", "rating_of_taken"):
                low, high = row["interval"]
                print(f"  {name:9} {row['measure']:16} {row['difference']:+.3f} [{low:+.3f}, {high:+.3f}]")

    last = tables["defended"].loc[19]
    print(f"\nThe defence left shills {last.trust_shills:.0%} of their weight, customers {last.trust_customers:.0%}.")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        main(Path(temporary), sys.argv[1] if len(sys.argv) > 1 else "popularity-profile")
