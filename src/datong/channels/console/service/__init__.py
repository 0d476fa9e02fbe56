"""Service (客服): the central queue of cases, a case with its steps, measures by channel, reasons and teams."""
