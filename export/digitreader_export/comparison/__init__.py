"""What each way of making a model smaller costs: all variants of a run measured alike, one table, one picture."""
