"""The demo: a day of real orders through every door of a fresh brand. What is real: docs/explanation/demo-data.md."""
