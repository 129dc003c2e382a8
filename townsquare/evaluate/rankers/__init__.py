"""What puts candidates in order without a language model; each gives every (user, candidate) a score."""
