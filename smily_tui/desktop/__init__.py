"""What leaves the terminal: links to a browser, text to the clipboard."""
