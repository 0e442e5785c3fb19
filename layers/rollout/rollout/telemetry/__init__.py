"""The metrics about rollouts: their names, and which values follow from an ending and from the open rollouts."""
