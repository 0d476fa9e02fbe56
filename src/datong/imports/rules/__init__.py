"""Pure rules of files: how they are read, what a cell says, which heading is which column, how tables are written."""
