"""What every AWS client shares: sessions, timeouts, error translation and the throttle metric."""
