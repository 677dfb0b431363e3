"""Following: what the frames of a stream show becomes numbers that are told once each, when they are steady."""

from digitreader.follow.follower import Follower
from digitreader.follow.matching import match_boxes, overlaps
from digitreader.follow.settings import FollowSettings, Patience

__all__ = ["FollowSettings", "Follower", "Patience", "match_boxes", "overlaps"]
