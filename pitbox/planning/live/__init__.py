"""The plan while its race runs: what was driven laid over it, the rest moved, new plans on offer. Pure."""
