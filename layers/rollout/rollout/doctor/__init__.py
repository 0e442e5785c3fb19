"""Whether a deployed stack can do its work: what was read of AWS, and a finding for each thing it needs."""
