"""Live: a camera that is read all day, with its newest frame always, its faults noticed, and connected again."""
