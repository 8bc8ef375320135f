"""The digital twin on the day itself: what today's intervals say, the rest of the day, and what actions would do."""
