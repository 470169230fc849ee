"""How the address of a reply queue is written."""

import re

FORM = re.compile(
    r"arn:aws[a-z-]{0,10}:sqs:(?P<region>[a-z0-9-]{1,30}):(?P<account>[0-9]{12}):(?P<name>lianghu-replies-[A-Za-z0-9_-]{1,64})"
)
"""An ARN, because it says whose queue it is. The platform's own queues have other names, and its role may write to no others: else whoever
registers a queue of the platform would have the platform itself put messages there."""
EXAMPLE = "arn:aws:sqs:ap-east-1:123456789012:lianghu-replies-desk"
