"""`make report`: writes the report of one ended rollout as a file, from the ledger of a deployed stack."""
