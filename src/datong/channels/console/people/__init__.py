"""Who may do what: staff, regions, companies, requests, limits, the audit trail, and one's own log-in."""
