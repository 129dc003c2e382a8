"""Disputes between two parties: cases, cues of power, and judges that are known to be fair or not."""
