"""Documents out: what a race was, as one typed document, written as one HTML file and one PDF.

Stands on `store` and `analysis`, which its contents ask; `wall`, `ui` and `cli` ask it.
"""
