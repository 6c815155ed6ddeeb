"""One chapter's comparison or toy each: `arena` (chapter 11), `dirac` (chapter 7), `encoders` and `finite_pairs`
(chapter 13), `translation`, `matchings` and `hidden_colour` (chapter 14), `growing` (chapter 15), `realness_toy`
(chapter 10), `conditional`, `spectral`, `class_prior` and `thumbnails` (chapter 17), `bigbigan_ring`, `codes` and
`joint_distance` (chapter 18), `scaling` (the page Scaling out)."""
