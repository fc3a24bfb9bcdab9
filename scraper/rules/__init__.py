"""Data, not code: what boilerplate, challenges, consent walls and paywalls look like."""
