"""The policies of the stories: periods of five seconds, as the sandbox's metrics have them."""

QUICK = {"steps": [{"percent": 50, "hold": 5}], "bake": 5, "interval": 5, "min_invocations": 5, "max_extension": 60}
TWO_STEPS = QUICK | {"steps": [{"percent": 40, "hold": 5}, {"percent": 60, "hold": 5}]}
AT_ONCE = QUICK | {"steps": "AllAtOnce"}
IMPATIENT = QUICK | {"max_extension": 10, "on_inconclusive": "roll_back"}
# A step as long as this one cannot pass a bad version before the evidence suffices.
LONG = QUICK | {"steps": [{"percent": 50, "hold": 90}], "guards": {"max_error_percent": None}}
BURSTY = LONG | {"steps": [{"percent": 50, "hold": 10}]}
