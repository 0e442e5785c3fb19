"""Every reason to refuse a request, and how they are combined."""
