"""How often the limit is raised by stable's own minutes, and what that gives and costs."""
