"""The CSV files of `kkpd classify` and `kkpd match`, in and out."""
