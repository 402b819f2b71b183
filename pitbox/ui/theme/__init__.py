"""How everything looks: tokens, the typeface, icons, and the style of what Qt draws itself."""
