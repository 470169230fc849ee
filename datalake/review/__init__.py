"""What rows say against each other, and beside what is stored."""
