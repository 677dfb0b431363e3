"""Other people's hands: labelled digits of any origin."""
