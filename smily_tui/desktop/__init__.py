"""Desktop outside the terminal: browser, clipboard, files, QR codes."""
