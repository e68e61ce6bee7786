"""The screens: the dashboard, the wizard, and what opens over them."""
