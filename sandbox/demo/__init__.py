"""The demo: a healthy, a faulty and a slow version of a function, each rolled out through the AWS API."""
