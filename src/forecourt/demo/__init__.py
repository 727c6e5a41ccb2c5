"""A believable pair of dealer groups, built through the same actions and the same import that everyone uses."""
