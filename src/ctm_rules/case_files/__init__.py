"""Tables of cases, whatever the kind of file: rows in, typed facts and answers out."""
