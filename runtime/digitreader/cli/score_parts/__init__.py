"""The parts of digitreader score."""
