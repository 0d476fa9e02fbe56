"""The product factory: products, their templates, categories, and what is sold where."""
