"""Windows: views, widgets, theme, and the bridge from threads to Qt. The only room that loads Qt.

Draws what `wall` knows and computes nothing that a lower room could.
"""
