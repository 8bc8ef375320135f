"""Two skills, two kinds of contact, operators of few skills, clusters of unlike priority: to route by hand."""

from kernel_bench import seconds

TWO = {"a": {}, "b": {}}
TWO_INTENTS = {"ann": {"talk": seconds(100)}, "bob": {"talk": seconds(100)}}
TWO_ROUTES = [
    {"intents": ["ann"], "queue": "main", "skills": ["a"]},
    {"intents": ["bob"], "queue": "main", "skills": ["b"]},
]
RATES = {"kind": "rates", "rates": {"ann": "1 /h"}}
TWO_KINDS = {"skills": TWO, "intents": TWO_INTENTS, "routes": TWO_ROUTES, "demand": RATES}


def desks(*skills, **more):
    """One group per operator, each with the skills given."""
    return {f"desk{i}": {"count": 1, "skills": held, **more} for i, held in enumerate(skills)}


def by_priority(**priorities):
    """Clusters that share the queue and the skill and differ in priority."""
    return {"clusters": {name: {} for name in priorities}, "priorities": priorities}
