"""The demo day as the separate systems of today would hold it, with errors planted by a seed. Knows no detector."""
