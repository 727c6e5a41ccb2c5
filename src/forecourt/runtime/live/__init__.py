"""Live updates: what changed is rendered once, committed with its cause, and pushed to every browser that shows it.

`fragments` is called by those who change something, `tokens` by the pages, `server` runs in a process of its own. Which templates are
rendered and where they go on the page is the faces' business.
"""
