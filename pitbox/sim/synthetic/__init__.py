"""A seeded race world: rows as iRacing gives them, and its own truth apart to judge folds by.

    scenario ─► world (pace, lane, control, score) ─► field and own rows ─► source
                  └► truth

The world runs on continuous time: every crossing has an exact moment, rows are samples of it.
"""
