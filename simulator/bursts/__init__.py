"""How bad calls come in bursts: the shapes, and the counts and rates that are drawn from them."""
