"""Pages of the wizard, one per step."""
