"""A local AWS: an emulator with the behaviours that rollouts need, the deployed stack, and functions with traffic."""
