"""What all AWS clients share: sessions, timeouts, errors, the throttle metric."""
