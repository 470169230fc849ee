"""What is built before a function is deployed: the numeric layer with its kernels compiled already."""
