"""Ways to put something that exists already on the wire as an agent: each adapter has the one method ``run(task)``."""
