"""What a deployment to AWS needs beside template.yaml."""
