"""Files of an older schema, of a newer one, with unknown fields, and cut at every byte."""
