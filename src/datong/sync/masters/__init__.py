"""Products and prices both ways: each field has one master, and two systems never fight over it in a loop."""
