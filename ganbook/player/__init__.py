"""HTML, and what moves in it: films and sliders that work without a kernel. The doors are `plot` and `explore`."""
