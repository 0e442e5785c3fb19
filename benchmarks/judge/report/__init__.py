"""The report: what the rules are measured against, as tables, sentences and pictures."""
