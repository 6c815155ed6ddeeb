"""One chapter's comparison or toy each: `arena` (chapter 11), `dirac` (chapter 7), `realness_toy` (chapter 10)."""
