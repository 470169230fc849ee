"""What the platform costs and how far it goes, from measured figures and public prices: pure, nothing is asked of anybody."""
