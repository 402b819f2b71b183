"""Who drives when: teams formed, stints planned, followed, solved anew. Pure: a plan is a fold of edits."""
