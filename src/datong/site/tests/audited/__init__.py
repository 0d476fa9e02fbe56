"""The verbs that change rights, prices, stock, money or settings, each with a call that runs it."""
