"""What to do: how many laps are left, with how much fuel, when to stop. Pure; a figure says what it assumes.

`story` is what is known of a race at one moment; everything else here reads it and nothing but it.
"""
