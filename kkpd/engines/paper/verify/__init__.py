"""Reading an issued PDF back: is it ours, and is it unchanged? Offline."""
