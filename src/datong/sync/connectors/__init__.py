"""One client a platform, each behind `ports.Connector`: it knows the protocol and nothing of our tables."""
