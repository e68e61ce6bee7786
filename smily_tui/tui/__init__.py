"""Full-screen app: shows state and asks for changes; no protocol and no file access here."""
