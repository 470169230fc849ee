"""What is written: pieces, merged and published; compaction, diff and vacuum of what stands."""
