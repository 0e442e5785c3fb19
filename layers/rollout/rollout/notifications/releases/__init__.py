"""The events and the notifications of releases."""
