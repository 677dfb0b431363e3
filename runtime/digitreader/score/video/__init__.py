"""Video without digits: nothing may be announced."""
