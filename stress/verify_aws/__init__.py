"""Deploys the stack into an account of AWS, rolls versions out, and checks what the project assumes of AWS."""
