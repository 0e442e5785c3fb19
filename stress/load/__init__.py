"""Many rollouts at once, and whether all end as they must."""
