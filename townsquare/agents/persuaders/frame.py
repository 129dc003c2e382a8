"""What stays fixed while a text is rewritten, in lines for a prompt: sender, readers, channel, time."""

from datetime import UTC, datetime
from math import isnan

from townsquare.protocols.persuader import Post

LONGEST = 120
"""Characters of a line; whoever names an account does not decide how much room is left for the text."""


def frame(post: Post, channel: str) -> list[str]:
    """Lines about everything but the text; what the table does not say is left out. Times are UTC."""
    lines = [f"sender: {post.account}"]
    if post.brand and post.brand != post.account:
        lines.append(f"brand: {post.brand}")
    lines += [f"readers: those who follow {post.account}", f"channel: {channel}"]
    if not isnan(post.created_at):
        lines.append(f"time: {datetime.fromtimestamp(post.created_at, UTC):%A %Y-%m-%d %H:%M} UTC")
    if post.media:
        lines.append(f"beside it: an image ({post.media})")
    if post.link:
        lines.append(f"it links to: {post.link}")
    return [line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…" for line in lines]
