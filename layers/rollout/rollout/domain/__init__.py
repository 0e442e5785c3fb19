"""Values and names everything else is made of: enums, identities, names, durations, errors, counts."""
