"""Kind `population`: the population register, as a city platform passes it on."""
