"""How long the dashboard's widget takes to show 200 live rollouts, with how many queries and how much HTML."""
