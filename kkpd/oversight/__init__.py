"""What inspectors and each person must see: boards, monitoring, due days, reminders, traces."""
