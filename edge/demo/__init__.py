"""The page that ``make run`` opens: the demo workspace, and what its browser, its edge and its collector see."""
