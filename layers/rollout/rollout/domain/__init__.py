"""Values and names that every other package uses: enums, identities, names, durations, errors, counts."""
