"""One chapter's comparison or toy each: `arena` (chapter 11), `dirac` (chapter 7), `encoders` and `finite_pairs`
(chapter 13), `translation`, `matchings` and `hidden_colour` (chapter 14), `growing` (chapter 15), `realness_toy`
(chapter 10), `conditional`, `spectral`, `class_prior` and `thumbnails` (chapter 17), `bigbigan_ring`, `codes` and
`joint_distance` (chapter 18), `modern`, `small_faces`, `two_by_two` and `ledger` (chapter 19), `scaling` (the page
Scaling out)."""
