"""The live page: a web server in the process that reads, and the page that it serves."""
