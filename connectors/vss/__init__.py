"""Kind `vss`: the health-insurance portal of Vietnam Social Security (BHXH Việt Nam)."""
