"""Packages a release for installation, and checks a stack after its deployment."""
