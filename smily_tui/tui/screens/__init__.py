"""Screens: dashboard, wizard, queue, and dialogs over them."""
