"""Agents browse what recommenders show them, offline: python examples/browse/compare.py [DATA [MODEL,MODEL,...]]

The agents are BEHAVIOURAL, no language model. Without DATA a made-up shop is browsed: 300 people, each with two of 24
kinds they like. DATA is whatever `townsquare evaluate recommenders --data` takes.
"""

import sys
import tempfile
from pathlib import Path

from townsquare.evaluate.recommenders import evaluate_recommenders
from townsquare.testing.tag_shop import write_shop

SHOWN = ("viewed", "likes", "like_ratio", "exit_page", "satisfaction", "ndcg@20")


def main(data: str | Path, models: list[str]) -> None:
    result = evaluate_recommenders(data, models, workers=2)

    print(f"{len(result.agents)} {result.mind} agents on {result.data}, 95 % intervals over agents:")
    print(f"  {'recommender':12}" + "".join(f"{name:>21}" for name in SHOWN))
    for row in result.rows():
        cells = (f"{row[name]:.2f} [{row[f'{name}_low']:.2f}, {row[f'{name}_high']:.2f}]" for name in SHOWN)
        print(f"  {row['recommender']:12}" + "".join(f"{cell:>21}" for cell in cells))

    best = max(result.rows(), key=lambda row: row["ndcg@20"])["recommender"]
    print(f"\nLikes against {best}, the best offline, agent by agent:")
    for row in result.differences(best):
        if row["measure"] == "likes":
            paired, loose = (f"[{row[f'{kind}low']:+.2f}, {row[f'{kind}high']:+.2f}]" for kind in ("", "unpaired_"))
            removed = f"pairing removed {row['variance_removed']:.0%} of the variance"
            print(f"  {row['recommender']:12} {row['difference']:+.2f} {paired}, unpaired {loose}; {removed}")

    print("\nDo agents and the held-out part agree on the order? (Kendall's tau, without the control)")
    for row in result.agreed():
        if not row["with_control"] and row["offline"] == "ndcg@20":
            print(f"  {row['browsed']:12} {row['tau']:+.2f} [{row['tau_low']:+.2f}, {row['tau_high']:+.2f}]")
    for remark in result.remarks:
        print(f"* {remark}")


if __name__ == "__main__":
    data, models, *_ = [*sys.argv[1:], "", ""]
    with tempfile.TemporaryDirectory() as temporary:
        shop = data or write_shop(Path(temporary) / "shop", users=300, per_user=14)
        main(shop, (models or "popular,item-knn,ease,bpr").split(","))
