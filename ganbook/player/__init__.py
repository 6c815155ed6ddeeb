"""HTML, and what moves in it: films, sliders, tables, all without a kernel. The doors are `plot` and `explore`."""
