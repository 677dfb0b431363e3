"""What a release is made of: distributions that anybody can build again to the byte, parts list, checksums."""
