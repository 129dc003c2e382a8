"""Help for authors before they post: what reads as harmful and why, how followers may take it, how else to say it."""
