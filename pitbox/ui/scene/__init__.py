"""What the engineer's panels draw: frozen values without words or colours, made without Qt.

Panels format and paint; what is true of the race was worked out below, by `timing` and `strategy`.
"""
