"""Takes boilerplate out of blocks and of plain text, with a reason for each removal."""
