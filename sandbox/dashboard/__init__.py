"""A local page that shows the deployed CloudWatch dashboard, and renders its custom widget as the console does."""
