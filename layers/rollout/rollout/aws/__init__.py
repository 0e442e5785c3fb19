"""The only room that speaks to AWS: an adapter per service, a method per intent, values in and values out."""
