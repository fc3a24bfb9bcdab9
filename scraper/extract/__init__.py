"""The body of a page, and what the page says of itself."""
