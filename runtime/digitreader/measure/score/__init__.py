"""Scores: scenes, photographs, hands, corruptions, video; one file each."""
