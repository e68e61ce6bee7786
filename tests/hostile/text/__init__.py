"""Text from outside that wants to be more than text: control sequences, markup, what cannot be seen."""
