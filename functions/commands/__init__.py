"""What the commands of `lianghu` do; functions/cli.py says what they are called."""
