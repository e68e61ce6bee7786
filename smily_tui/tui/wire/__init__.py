"""Wire view: the HTTP exchanges, as a picture and in full."""

WIDE = 120  # columns that leave room for it beside a page
