"""The full-screen program: shows state and asks for changes; no protocol and no file access here."""
