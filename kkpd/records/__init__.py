"""What every verb leaves behind: events, kept bytes, issued papers, numbers, findings, jobs."""
