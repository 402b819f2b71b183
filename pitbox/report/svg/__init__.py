"""Figures as SVG: pure, without a library, the same bytes for the same data.

What is drawn names inks by class, never colours: a page's style says them for HTML in both schemes, a style
inside the picture for print.
"""
