"""Every state under every fault, and whether the promises hold."""
