"""What is made for people who write files: new files to start from, and JSON Schemas for editors."""
