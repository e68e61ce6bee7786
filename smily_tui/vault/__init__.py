"""What is stored: settings, application secrets and authorizations, written so that nothing is ever lost."""
