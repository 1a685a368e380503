"""A record of replies, so that each can be made again byte for byte; off unless turned on."""
