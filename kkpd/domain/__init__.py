"""The rules. Pure: no clock, no input or output, no ORM, no Flask. The only place that decides."""
