"""The Sessions page: everything recorded or imported, found, opened, named, compared, put away."""
