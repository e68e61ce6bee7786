"""What people are told, alike in the full-screen program and in the plain mode; no toolkit in here."""
